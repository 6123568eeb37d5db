"""Files as people's programs write them."""

import pytest

from radius.imports.reading import count, decode, records

PLAIN = "username,password,plan\namina,pw,Daily\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("username", " Username ").encode(),
        b"plan,username,password\nDaily,amina,pw",
        b'username,password,plan\n"amina","pw","Daily"\n\n\n',
    ],
    ids=["plain", "bom", "semicolons", "crlf", "blanks", "order", "quotes"],
)
def test_all_of_these_are_the_same_file(content: bytes) -> None:
    (record,) = records(decode(content), update=False)
    assert record.line == 2
    cells = {name: cell for name, cell in record.cells.items() if cell}
    assert cells == {"username": "amina", "password": "pw", "plan": "Daily"}


def test_a_row_is_named_by_the_line_it_begins_in() -> None:
    text = 'username,password,plan,name\na,b,c,"two\nlines"\n\nd,e,f,g\n'
    assert [record.line for record in records(text, update=False)] == [2, 5]
    assert count(text, update=False) == 2


def test_a_semicolon_in_a_password_is_no_separator() -> None:
    (record,) = records("username,password,plan\na,b;c;d;e;f,g\n", update=False)
    assert record.cells["password"] == "b;c;d;e;f"
