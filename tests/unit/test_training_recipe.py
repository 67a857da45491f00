"""Recipes: the shipped ones can all be followed, and a mistake in one is named."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.training.architectures import ARCHITECTURES
from liveclass.training.augment import Augmenter
from liveclass.training.degradations import degraded
from liveclass.training.faces import Faces
from liveclass.training.recipe import (
    NO_AUGMENTATION,
    Augmentation,
    Choice,
    Range,
    Recipe,
    RecipeError,
    load_recipe,
    load_search,
    recipe_names,
)
from liveclass.training.train import compile_network
from liveclass.training.views import Views, class_weights

DISTILLED = ["dcnn-distilled", "xception-distilled"]


def random_faces(count: int) -> Faces:
    random = np.random.default_rng(3)
    return Faces(random.integers(0, 256, (count, 48, 48, 1), np.uint8), random.integers(0, 7, count))


@pytest.mark.parametrize("name", [f"{name}{suffix}" for name in ARCHITECTURES for suffix in ("", "-seed")])
def test_every_network_has_our_recipe_and_the_published_one(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.architecture == name.removesuffix("-seed")
    if name.endswith("-seed"):
        assert (recipe.epochs, recipe.batch_size, recipe.patience) == (50, 785, 4)
        assert recipe.augmentation == NO_AUGMENTATION


def test_there_are_no_other_recipes() -> None:
    plain = [f"{name}{suffix}" for name in ARCHITECTURES for suffix in ("", "-seed")]
    assert recipe_names() == sorted([*plain, *DISTILLED])


@pytest.mark.parametrize("name", DISTILLED)
def test_distilled_recipe_names_runs_of_recipes_that_there_are(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.distillation is not None
    assert {recipe.start_from, *recipe.distillation.teachers} <= set(recipe_names())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('architecture = "dcnn"\nepoch = 3', "epoch: Extra inputs are not permitted"),
        ('architecture = "dcnn"\nepochs = 0', "epochs: Input should be greater than or equal to 1"),
        ('architecture = "dcnn"\nsizes = [[0.5, 48]]', "sizes must begin at 0"),
        ('architecture = "dcnn"\n[augmentation]\nflip = 2', r"augmentation\.flip: Input should be less"),
        ("epochs = 3", "architecture: Field required"),
        ("epochs = ", "is not TOML"),
    ],
)
def test_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message):
        load_recipe(path)


def test_unknown_recipe_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(RecipeError, match=r"no recipe 'vgg'; there are: cnn, .*xception-seed, or name a \.toml file"):
        load_recipe("vgg")


def test_network_of_one_size_refuses_growing_faces() -> None:
    with pytest.raises(RecipeError, match="deepface takes 48×48 faces only"):
        compile_network(Recipe(architecture="deepface", sizes=((0, 32), (0.5, 48))), 10)


def test_search_has_ranges_that_the_recipe_can_take() -> None:
    search = load_search("dcnn")
    assert search["learning_rate"] == Range(low=0.03, high=0.3, log=True)
    assert load_recipe("dcnn").changed({"augmentation.rotation": 7}).augmentation.rotation == 7


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ("", r"no table \[search\]"),
        ("[search]\nlearning_rte = { low = 1, high = 2 }", "learning_rte: Extra inputs"),
        ("[search]\nlearning_rate = { low = 1 }", "search.learning_rate"),
        ("[search]\nepochs = { choices = [0] }", "epochs: Input should be greater"),
    ],
)
def test_mistake_in_a_search_is_named(tmp_path: Path, search: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'architecture = "cnn"\n{search}')
    with pytest.raises(RecipeError, match=message):
        load_search(path)


def test_choices_are_kept_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('architecture = "cnn"\n[search]\noptimizer = { choices = ["sgd", "adam"] }')
    assert load_search(path) == {"optimizer": Choice(choices=("sgd", "adam"))}


def test_faces_grow_with_the_epochs() -> None:
    recipe = Recipe(architecture="dcnn", epochs=4, sizes=((0, 32), (0.5, 48)))
    assert [recipe.size_at(epoch) for epoch in range(4)] == [32, 32, 48, 48]


def test_without_augmentation_every_face_is_as_it_is() -> None:
    images = random_faces(5).images
    views = Augmenter(NO_AUGMENTATION).views(images, 48, np.random.default_rng(0))
    np.testing.assert_array_equal(views, images)


@pytest.mark.parametrize("size", [32, 48])
def test_views_are_random_but_repeatable(size: int) -> None:
    images, augmenter = random_faces(5).images, Augmenter(Augmentation())
    once, again = (augmenter.views(images, size, np.random.default_rng(0)) for _ in range(2))
    assert once.shape == (5, size, size, 1)
    assert once.dtype == np.uint8
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, augmenter.views(images, size, np.random.default_rng(1)))


@pytest.mark.parametrize("size", [32, 48])
def test_a_poor_cameras_views_differ_and_stay_faces(size: int) -> None:
    face = cv2.resize(data.astronaut()[0:180, 135:315, 1], (size, size), interpolation=cv2.INTER_AREA)
    views = [degraded(face, np.random.default_rng(seed)) for seed in range(40)]
    assert {(view.shape, view.dtype) for view in views} == {((size, size), np.dtype(np.uint8))}
    assert len({view.tobytes() for view in views}) > 30
    likeness = [np.corrcoef(view.ravel(), face.ravel())[0, 1] for view in views]
    assert 0.8 < min(likeness) < 0.97


def test_only_the_asked_share_of_views_is_degraded() -> None:
    images = random_faces(200).images
    some = Augmenter(NO_AUGMENTATION.model_copy(update={"degrade": 0.25}))
    changed = (some.views(images, 48, np.random.default_rng(0)) != images).any(axis=(1, 2, 3))
    assert 30 <= changed.sum() <= 70


def test_flip_mirrors() -> None:
    images = random_faces(3).images
    flipped = Augmenter(NO_AUGMENTATION.model_copy(update={"flip": 1.0}))
    np.testing.assert_array_equal(flipped.views(images, 48, np.random.default_rng(0)), images[:, :, ::-1])


def test_every_epoch_shows_each_face_once_and_in_another_order() -> None:
    recipe = Recipe(architecture="dcnn", batch_size=10)
    first, second = (Views(random_faces(30), recipe, epoch) for epoch in (0, 1))
    assert len(first) == len(list(first)) == 3
    assert sorted(first.order) == sorted(second.order) == list(range(30))
    assert list(first.order) != list(second.order)


def test_rare_emotions_weigh_more_and_the_mean_weight_is_one() -> None:
    labels = np.repeat(np.arange(7), [40, 4, 40, 80, 40, 40, 40])
    faces = Faces(np.zeros((len(labels), 48, 48, 1), np.uint8), labels)
    weights = class_weights(faces, 0.5)
    assert weights[1] / weights[0] == pytest.approx(10**0.5)
    assert weights[labels].mean() == pytest.approx(1)
    assert list(class_weights(faces, 0)) == pytest.approx([1] * 7)
