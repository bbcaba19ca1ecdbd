"""merchant.toml: what it says, and how its mistakes are told."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from mock_dintero.cli import main
from mock_dintero.contract_files import folder
from mock_dintero.verify import Merchant, MerchantFileWrong, read_merchant
from mock_dintero.verify.merchant import Basket, schema_of_merchant
from mock_dintero.verify.merchant_file import example

ROOT = Path(__file__).parents[2]
LEAST = """[shop]
command = "true"

[checkout]
call = "POST /checkout"

[order]
call = "GET /orders/{reference}"
status = "status"

[order.statuses]
pending = "new"
paid = ["paid", "sent"]
"""


def wrong(tmp_path: Path, text: str) -> str:
    file = tmp_path / "merchant.toml"
    file.write_text(text)
    with pytest.raises(MerchantFileWrong) as caught:
        read_merchant(file)
    return str(caught.value)


def uncommented(text: str) -> str:
    """With every line of settings switched on; sentences stay comments."""
    setting = re.compile(r"# (\[|\w+ = |  \{|\]|\"?\w+\"? = )")
    return "\n".join(line[2:] if setting.match(line) else line for line in text.splitlines())


def test_the_least_that_has_to_be_said_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "merchant.toml"
    file.write_text(LEAST)
    merchant = read_merchant(file)
    assert merchant.order.state_of("new") == "pending"
    assert merchant.order.state_of("sent") == "paid"
    assert merchant.order.state_of("burnt") is None
    assert merchant.lacking("discount") == "merchant.toml has no [discount]"
    assert "[order] confirmations" in str(merchant.lacking("confirmations"))
    assert merchant.lacking("not_served") is None


def test_what_a_shop_lacks_is_told_in_its_own_words(tmp_path: Path) -> None:
    file = tmp_path / "merchant.toml"
    file.write_text(LEAST + '\n[lacks]\ndiscount = "one price for all"\n')
    assert read_merchant(file).lacking("discount") == "not supported: one price for all"


def test_a_setting_that_does_not_exist_is_named_with_its_line_and_those_that_do(
    tmp_path: Path,
) -> None:
    told = wrong(tmp_path, LEAST.replace('status = "status"', 'status = "status"\nstate = "x"'))
    assert "merchant.toml:10: order.state: there is no such setting" in told
    assert "confirmations" in told


def test_a_setting_in_another_part_s_name_is_found_on_its_own_line(tmp_path: Path) -> None:
    told = wrong(tmp_path, LEAST + "\n[limits]\npatience = -1\n")
    assert "merchant.toml:16: limits.patience: Input should be greater than 0" in told


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('command = "true"', 'comand = "true"', "shop.comand: there is no such setting; did you"),
        ('command = "true"', "ready = 'up'\ncommand = 'true'", ":2: shop.ready: 'up' is not"),
        ('command = "true"', "url = '127.0.0.1:3000'", ":2: shop.url: '127.0.0.1:3000' is not"),
        ('command = "true"', r'folder = "C:\Users\me"', ":2: "),
        ('command = "true"', r'folder = "C:\Users\me"', "a backslash needs 'single quotes'"),
        ("{reference}", "{order_id}", ":8: order.call: {order_id} stands for nothing; there is {reference}"),
        ('"POST /checkout"', "'POST /checkout'\njson = {}\nform = { a = 1 }", "`json` or `form`, not both"),
        ('"POST /checkout"', "'POST /checkout'\namount = 799.00", ":6: checkout.amount: a whole number"),
        ('"POST /checkout"', "'POST /checkout'\namount = '79900'", "without quotes: 79900 is 799.00"),
        ("[order]", "[elsewhere]\ncontry = 'SE'\n[order]", ":8: elsewhere.contry: there is no such field"),
        ("[order]", "[elsewhere]\ncountry = 'Sweden'\n[order]", "'Sweden' is not two capital letters"),
        ("[order]", "[lacks]\nrefunds = 'no'\n[order]", "lacks.refunds: there is no such setting; did you"),
    ],
)  # fmt: skip
def test_a_usual_mistake_is_told_with_its_line_and_the_way_out(
    tmp_path: Path, was: str, now: str, told: str
) -> None:
    assert told in wrong(tmp_path, LEAST.replace(was, now))


def test_a_section_that_is_like_no_other_is_not_guessed_at(tmp_path: Path) -> None:
    told = wrong(tmp_path, LEAST + '\n[ship]\ncall = "POST /ship"\n')
    assert "ship: there is no such setting; there is shop, checkout" in told


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "merchant.toml"
    file.write_bytes("name = 'Blåbær'".encode("latin-1"))
    with pytest.raises(MerchantFileWrong, match="save it as UTF-8"):
        read_merchant(file)


def test_a_mark_at_the_beginning_of_the_file_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "merchant.toml"
    file.write_text(LEAST, encoding="utf-8-sig")
    assert read_merchant(file).checkout.path == "/checkout"


def test_another_basket_s_form_takes_the_place_of_the_json() -> None:
    checkout = Merchant.model_validate(tomllib.loads(example())).checkout
    other = checkout.with_basket(Basket(form={"sku": "sku-1"}))
    assert (other.json_body, other.form) == (None, {"sku": "sku-1"})


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    told = wrong(
        tmp_path, LEAST.replace("POST /checkout", "checkout").replace('paid = ["paid", "sent"]', "")
    )
    assert "'checkout' is not a method and a path" in told
    assert "at least `pending` and `paid`" in told
    assert len(told.splitlines()) == 2


def test_a_word_cannot_mean_two_states(tmp_path: Path) -> None:
    assert "'new' stands at two states" in wrong(tmp_path, LEAST.replace('"sent"', '"new"'))


def test_a_shop_needs_a_command_or_a_url(tmp_path: Path) -> None:
    assert "say `command`" in wrong(tmp_path, LEAST.replace('command = "true"', 'name = "x"'))


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 3" in wrong(tmp_path, "[shop]\nname = 'x'\n= 3\n")


def test_a_file_that_is_missing_leads_to_init(tmp_path: Path) -> None:
    with pytest.raises(MerchantFileWrong, match="verify --init"):
        read_merchant(tmp_path / "none.toml")


def test_the_example_is_right_as_it_is_and_with_everything_switched_on() -> None:
    Merchant.model_validate(tomllib.loads(example()))
    whole = tomllib.loads(uncommented(example()))
    merchant = Merchant.model_validate({**whole, "lacks": {}})
    parts = set(Merchant.model_fields) - {"lacks"}
    told = {name for name in parts if name in whole}
    assert {name for name in parts if f"[{name}]" in example()} == told
    assert merchant.order.confirmations == "mails"
    assert merchant.checkout.steps


def test_init_writes_the_example_and_never_over_something(tmp_path: Path) -> None:
    file = tmp_path / "merchant.toml"
    assert CliRunner().invoke(main, ["verify", "--init", str(file)]).exit_code == 0
    assert file.read_text() == example()
    file.write_text("mine")
    again = CliRunner().invoke(main, ["verify", "--init", str(file)])
    assert again.exit_code == 1
    assert "left as it is" in again.output
    assert file.read_text() == "mine"


def test_the_schema_takes_our_files_and_refuses_a_slip() -> None:
    schema = json.loads(CliRunner().invoke(main, ["verify", "--schema"]).output)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for text in (example(), (folder() / "merchant.toml").read_text()):
        check.validate(tomllib.loads(text))
    with pytest.raises(jsonschema.ValidationError):
        check.validate(tomllib.loads(LEAST.replace("status =", "stauts =")))


def test_the_schema_in_docs_is_the_one_that_is_printed() -> None:
    kept = json.loads((ROOT / "docs" / "merchant.schema.json").read_text())
    assert kept == schema_of_merchant(), "mock-dintero verify --schema > docs/merchant.schema.json"
