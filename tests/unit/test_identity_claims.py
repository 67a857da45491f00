"""Other issuers' claims as permissions: the samples of docs/access.md, with claims as those issuers make them."""

import re
from pathlib import Path

import pytest

from liveclass.identity.claims import OWN_CLAIMS, ClaimMapper, read_claims_file
from liveclass.identity.permissions import Permission, Permissions

DOCS = Path(__file__).parents[2] / "docs/access.md"
LTI = "https://purl.imsglobal.org/spec/lti/claim"
INSTRUCTOR, LEARNER = (
    f"http://purl.imsglobal.org/vocab/lis/v2/membership#{role}" for role in ("Instructor", "Learner")
)


def sample(name: str, folder: Path) -> ClaimMapper:
    """The TOML block of that title in the documentation."""
    (text,) = re.findall(rf'```toml title="{name}"\n(.*?)```', DOCS.read_text("utf-8"), re.DOTALL)
    (folder / name).write_text(text, "utf-8")
    return read_claims_file(folder / name)


def test_keycloak_s_groups_and_realm_roles(tmp_path: Path) -> None:
    claims = sample("keycloak.toml", tmp_path)
    teacher = {
        "groups": ["/class-7b-teachers", "/class-7b-teachers/deputies"],
        "realm_access": {"roles": ["offline_access"]},
    }
    camera = {"realm_access": {"roles": ["liveclass-camera"]}}
    assert claims.permissions_of(teacher) == Permissions.parse(["classrooms/7b:view", "classrooms/7b:manage"])
    assert claims.permissions_of(camera) == Permissions.parse(["classrooms/*:classify", "classrooms/*:record"])
    assert claims.permissions_of({"realm_access": {"roles": ["liveclass-admin"]}}).allows(Permission.ERASE, "9a")
    assert claims.tenant_of(teacher) is None


def test_entra_s_app_roles_and_directory(tmp_path: Path) -> None:
    claims = sample("entra.toml", tmp_path)
    directory = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    teacher = {"tid": directory, "roles": ["Teacher.7b"], "scp": "access"}
    assert claims.permissions_of(teacher) == Permissions.parse(["classrooms/7b:view", "classrooms/7b:manage"])
    assert claims.tenant_of(teacher) == directory


def test_an_lms_by_lti(tmp_path: Path) -> None:
    claims = sample("lms.toml", tmp_path)
    course = {f"{LTI}/context": {"id": "c1", "label": "7B"}}
    instructor = {**course, f"{LTI}/roles": [INSTRUCTOR]}
    assert claims.permissions_of(instructor) == Permissions.parse(["classrooms/7b:view", "classrooms/7b:manage"])
    assert claims.permissions_of({**course, f"{LTI}/roles": [LEARNER]}) == Permissions()
    assert claims.permissions_of({f"{LTI}/roles": [INSTRUCTOR], f"{LTI}/context": {"label": "7 B!"}}) == Permissions()


def test_a_claims_file_is_all_that_counts(tmp_path: Path) -> None:
    claims = sample("keycloak.toml", tmp_path)
    own = {"permissions": ["classrooms/*:admin"]}
    assert claims.permissions_of(own) == Permissions()
    assert OWN_CLAIMS.permissions_of(own).allows(Permission.ERASE, "7b")


@pytest.mark.parametrize(
    "value", [None, 1, True, {}, [], [1, None, {}], "", "/class-*-teachers", ["/class-../x-teachers"]]
)
def test_odd_claims_permit_nothing(tmp_path: Path, value: object) -> None:
    claims = sample("keycloak.toml", tmp_path)
    assert claims.permissions_of({"groups": value, "realm_access": value}) == Permissions()


def test_too_many_permissions_and_bad_tenants_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 256 permissions"):
        OWN_CLAIMS.permissions_of({"permissions": ["classrooms/7b:view"] * 257})
    for tenant in ("", "A", "a/b", 1, ["a"], "x" * 64):
        with pytest.raises(ValueError, match="tenant"):
            OWN_CLAIMS.tenant_of({"tenant": tenant})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tenant = ", "Invalid value"),
        ("tenants = 'x'", "tenants"),
        ("[[grant]]\nclaim = 'a'\nvalue = 'b'\npermissions = ['view']", "'view' is not a permission such as"),
        (
            "[[grant]]\nclaim = 'a'\nvalue = 'b'\npermissions = ['classrooms/{classroom}:view']",
            "names a classroom that",
        ),
        ("[[grant]]\nclaim = 'a'\nvalue = 'b'", "grant.0.permissions: Field required"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "claims.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        read_claims_file(file)
    assert str(raised.value).startswith(f"LIVECLASS_CLAIMS: {file}")
