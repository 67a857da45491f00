"""The optimizer of a recipe: its rule, its learning rate over time, weight decay and averaged weights."""

from typing import Any

import keras

from liveclass.training.recipe import Recipe


def build_optimizer(recipe: Recipe, batches: int) -> keras.optimizers.Optimizer:
    """The optimizer for epochs of `batches` steps. Biases and batch normalisation are never decayed."""
    settings: dict[str, Any] = {
        "learning_rate": _learning_rate(recipe, batches),
        "weight_decay": recipe.weight_decay or None,
    }
    if recipe.ema_momentum:
        settings |= {"use_ema": True, "ema_momentum": recipe.ema_momentum}
    optimizer: keras.optimizers.Optimizer
    if recipe.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(momentum=0.9, nesterov=True, **settings)
    else:
        optimizer = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](**settings)
    if recipe.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def restore(model: keras.Model, saved: keras.Model) -> None:
    """Gives a freshly compiled `model` all that `saved` has learned, its optimizer's state included.

    What `keras.models.load_model` returns cannot train on as it is: its optimizer has forgotten which
    variables are excluded from weight decay.
    """
    model.optimizer.build(model.trainable_variables)
    for fresh, kept in ((model, saved), (model.optimizer, saved.optimizer)):
        for variable, value in zip(fresh.variables, kept.variables, strict=True):
            variable.assign(value)


def _learning_rate(recipe: Recipe, batches: int) -> Any:  # a float or a Keras schedule; Keras ships no types
    """Constant, or risen to from a 25th over the warm-up and then along half a cosine to zero."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    warmup = round(recipe.warmup_epochs * batches)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 25 if warmup else recipe.learning_rate,
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
        decay_steps=max(1, recipe.epochs * batches - warmup),
    )
