"""The declaration of use, without which the session service does not start."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.session.declaration import Declaration, DeclarationError, parse_declaration


@pytest.mark.parametrize("code", ["DE", "gr", "EU", "EL", "RE", "GP", "MQ", "GF", "YT", "MF", "AX", "IC", "EA"])
@pytest.mark.parametrize("purpose", ["education", "workplace"])
def test_what_the_ai_act_prohibits_is_refused_in_all_of_the_union(code, purpose):
    with pytest.raises(DeclarationError, match="prohibited in the European Union"):
        parse_declaration(f"purpose={purpose}; jurisdiction={code}")


@pytest.mark.parametrize("code", ["XX", "ZZ", "AA", "TP", "YU", "D", "DEU", "Germany", "", "276", "ÄX"])
def test_what_is_no_country_is_refused(code):
    with pytest.raises(DeclarationError, match="is not the code of a country"):
        parse_declaration(f"purpose=research; jurisdiction={code}")


@pytest.mark.parametrize(
    ("text", "purpose", "jurisdiction"),
    [
        ("purpose=research; jurisdiction=US", "research", "US"),
        ("Purpose = Education ;jurisdiction=uk;", "education", "GB"),
        ("jurisdiction=NC; purpose=education", "education", "NC"),
        ("purpose=medical; jurisdiction=EL", "medical", "GR"),
        ("purpose=demonstration; jurisdiction=none", "demonstration", "none"),
    ],
)
def test_a_permitted_use_is_read(text, purpose, jurisdiction):
    assert parse_declaration(text) == Declaration(purpose, jurisdiction)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a declaration"),
        ("purpose=fun; jurisdiction=US", "purpose 'fun' is not known"),
        ("purpose=research; jurisdiction=none", "only a demonstration"),
        ("purpose: research", "not part of a declaration"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(text, said):
    with pytest.raises(DeclarationError, match=said) as refused:
        parse_declaration(text)
    assert "purpose=research; jurisdiction=US" in str(refused.value)


@pytest.mark.parametrize("text", ["purpose=education; jurisdiction=RE", "purpose=research; jurisdiction=ZZ"])
def test_the_doctor_refuses_what_the_service_refuses(text, monkeypatch):
    monkeypatch.setenv("LIVECLASS_USE_DECLARATION", text)

    seen = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "1000"})
    started = subprocess.run([sys.executable, "-m", "liveclass.session"], capture_output=True, text=True, check=False)

    assert seen.exit_code == 1
    assert started.returncode == 2
    assert started.stderr.splitlines()[-1].removeprefix("liveclass.session: ") in seen.stdout
