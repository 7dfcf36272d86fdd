"""Hardware tokens: seed files, the stock, a person's enrolment with one, and what happens when it is lost."""

from __future__ import annotations

import base64
import io
import re
import time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_otp.oath import TOTP

from tests.platform.accounts.sign_in import PASSWORD, client_of, give_password, sign_in
from tests.platform.accounts.test_services import as_person

SEED = b"12345678901234567890"
OTHER = b"abcdefghijklmnopqrst"
PHRASE = "qwerty"


def csv_file() -> bytes:
    return f"製造番号,種,製造者\nA100,{SEED.hex()},見本社\nA101,{base64.b32encode(OTHER).decode()}\n".encode()


def pskc_file(phrase: str = "", **changes: Any) -> bytes:
    from pskc import PSKC

    container = PSKC()
    facts: dict[str, Any] = {
        "id": "1", "serial": "P200", "secret": SEED, "manufacturer": "見本社",
        "algorithm": "urn:ietf:params:xml:ns:keyprov:pskc:totp", "response_length": 6, "time_interval": 30,
    } | changes  # fmt: skip
    container.add_key(**facts)
    if phrase:
        container.encryption.setup_pbkdf2(phrase)
        container.encryption.derive_key(phrase)
    out = io.BytesIO()
    container.write(out)
    return out.getvalue()


def shown(seed: bytes, now: float) -> str:
    totp = TOTP(seed, 30, 0, 6)
    totp.time = now
    return f"{totp.token():06d}"


@pytest.mark.parametrize(
    ("data", "secret", "expected"),
    [
        (csv_file(), "", {"A100": SEED, "A101": OTHER}),
        (pskc_file(), "", {"P200": SEED}),
        (pskc_file(PHRASE), PHRASE, {"P200": SEED}),
    ],
    ids=["csv", "pskc", "sealed pskc"],
)
def test_seed_files_are_read(data: bytes, secret: str, expected: dict[str, bytes]) -> None:
    from accounts.seed_files import read_seed_file

    found = read_seed_file(data, secret)
    assert {one.serial: one.seed for one in found} == expected
    assert SEED.hex() not in repr(found)


@pytest.mark.parametrize(
    ("data", "secret", "words"),
    [
        (b"", "", "1つもありません"),
        (b"A100\n", "", "1行目に種がありません"),
        (b"A100,zz!!\n", "", "1行目の種が"),
        (b"A100,00ff\n", "", "種の長さ"),
        (b"A 100," + SEED.hex().encode(), "", "製造番号が読めません"),
        (csv_file() + f"A100,{SEED.hex()}\n".encode(), "", "2回あります"),
        (b"\xff\xfe\x00", "", "CSVとして読めません"),
        (b"<not-closed", "", "PSKCのファイルを開けません"),
        (pskc_file(PHRASE), "", "封がされています"),
        (pskc_file(PHRASE), "wrong", "PSKCのファイルを開けません"),
        (pskc_file(algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"), "", "時刻式"),
        (pskc_file(response_length=8), "", "6桁・30秒ではありません"),
        (pskc_file(time_interval=60), "", "6桁・30秒ではありません"),
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><KeyContainer>&a;</KeyContainer>',
            "",
            "PSKCのファイルを開けません",
        ),
    ],
)
def test_a_bad_seed_file_is_refused_in_words_and_never_repeats_a_seed(data: bytes, secret: str, words: str) -> None:
    from accounts.seed_files import SeedFileRefused, read_seed_file

    with pytest.raises(SeedFileRefused, match=words) as refusal:
        read_seed_file(data, secret)
    assert SEED.hex() not in str(refusal.value)


@pytest.mark.parametrize(("what", "number"), [("IterationCount", 60_000_000), ("KeyLength", 50_000_000)])
def test_a_sealed_file_does_not_say_how_long_it_is_calculated_at(what: str, number: int) -> None:
    """Unbounded, the first holds a request for 36 seconds (and with it the others of its process), the second longer."""
    from accounts.seed_files import SeedFileRefused, read_seed_file

    text = pskc_file(PHRASE).decode()
    heavy = re.sub(rf"({what}>)\d+<", rf"\g<1>{number}<", text)
    assert heavy != text
    began = time.process_time()
    with pytest.raises(SeedFileRefused, match="封の計算が"):
        read_seed_file(heavy.encode(), PHRASE)
    assert time.process_time() - began < 2


def test_seeds_lie_sealed_and_bound_to_their_serial(in_a: Any, events: Any) -> None:
    from accounts.models import HardwareToken
    from accounts.services.tokens import load_tokens
    from tenants.core.keys import SealBroken

    assert load_tokens(csv_file()) == 2
    token = HardwareToken.objects.get(serial="A100")
    assert SEED not in bytes(token.sealed_seed)
    assert token.seed() == SEED
    token.serial = "A101"
    with pytest.raises(SealBroken):
        token.seed()
    assert [one.detail for one in events("account:tokens:loaded")] == [{"count": 2}]


def test_a_file_is_taken_whole_or_not_at_all(in_a: Any) -> None:
    from accounts.models import HardwareToken
    from accounts.seed_files import SeedFileRefused
    from accounts.services.tokens import load_tokens

    load_tokens(f"A101,{OTHER.hex()}\n".encode())
    with pytest.raises(SeedFileRefused, match="A101 は登録済み"):
        load_tokens(csv_file())
    assert HardwareToken.objects.count() == 1


@pytest.fixture
def with_token(in_a: Any, try_views: None, clock: Any) -> Any:
    """A newcomer who was handed token A100 and enrolled with it; and what it shows at a moment."""
    from accounts.models import HardwareToken
    from accounts.roles import Role
    from accounts.services import assign_role, create_user, issue_activation_code
    from accounts.services.tokens import assign_token, load_tokens

    load_tokens(csv_file())
    user = create_user("newcomer", "サンプル 新任")
    assign_role(user, Role.SCHOOL_CLERK, school_code="S01")
    assign_token("A100", user)
    client = client_of("kou.localhost")
    client.post("/enrol/", {"username": "newcomer", "code": issue_activation_code(user)})
    client.post("/enrol/password/", {"password": PASSWORD, "again": PASSWORD})
    page = client.get("/enrol/device/").content.decode()
    assert "製造番号 A100" in page
    assert base64.b32encode(SEED).decode()[:4] not in page, "the seed of a token is never shown"
    assert client.get("/enrol/qr/").status_code in (404, 302)
    done = client.post("/enrol/device/", {"token": shown(SEED, clock().timestamp())})
    assert done.status_code == 302
    client.post("/enrol/codes/")
    clock.advance(minutes=2)
    return type(user).objects.get(pk=user.pk), HardwareToken.objects.get(serial="A100"), clock


def test_a_person_enrols_and_logs_in_with_a_token_once_per_number(with_token: Any) -> None:
    user, _, clock = with_token
    number = shown(SEED, clock().timestamp())
    client = client_of("kou.localhost")
    give_password(client, user)
    assert client.post("/login/otp/", {"token": number}).status_code == 302
    again = client_of("kou.localhost")
    give_password(again, user)
    assert again.post("/login/otp/", {"token": number}).status_code == 200, "replayed"


def test_tokens_share_the_guess_budget_of_the_day(with_token: Any) -> None:
    from accounts.models import GuessLedger, TotpDevice
    from accounts.services import verify_totp

    user, _, clock = with_token
    for _ in range(12):
        clock.advance(minutes=20)
        TotpDevice.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)
        verify_totp(user, "000000", "login")
    assert sum(guess.codes for guess in GuessLedger.objects.get(user=user).guesses) == 18
    assert verify_totp(user, shown(SEED, clock().timestamp()), "login").blocked_until


@pytest.mark.parametrize("how", ["lost", "returned"])
def test_a_lost_or_returned_token_stops_at_once(with_token: Any, heard: list[Any], how: str) -> None:
    from accounts.models import TotpDevice
    from accounts.services.tokens import TokenRefused, assign_token, lose_token, return_token

    user, token, clock = with_token
    client = client_of("kou.localhost")
    give_password(client, user)
    client.post("/login/otp/", {"token": shown(SEED, clock().timestamp())})
    assert client.get("/").status_code == 200
    (lose_token if how == "lost" else return_token)(token)
    assert client.get("/").status_code == 302
    assert not TotpDevice.objects.filter(user=user).exists()
    assert [one.what for one in heard if hasattr(one, "what")][-1] == f"token_{how}"
    token.refresh_from_db()
    assert (token.state, token.user) == ("lost" if how == "lost" else "stock", None)
    if how == "lost":
        with pytest.raises(TokenRefused, match="在庫にありません"):
            assign_token("A100", user)
        with pytest.raises(TokenRefused, match="紛失"):
            return_token(token)


def test_a_token_is_one_persons_and_nobody_hands_one_to_themselves(in_a: Any, clerk: Any, manager: Any) -> None:
    from accounts.errors import SamePerson
    from accounts.models import HardwareToken
    from accounts.services.tokens import TokenRefused, assign_token, load_tokens

    load_tokens(csv_file())
    assign_token("A100", clerk)
    with pytest.raises(TokenRefused, match="在庫にありません"):
        assign_token("A100", manager)
    with pytest.raises(TokenRefused, match="既に別のトークン"):
        assign_token("A101", clerk)
    with as_person(manager), pytest.raises(SamePerson):
        assign_token("A101", manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        HardwareToken.objects.filter(serial="A100").update(state="stock")


def test_the_pages_of_the_stock(browser: Any, manager: Any, clerk: Any) -> None:
    from accounts.models import HardwareToken

    sign_in(browser, manager)
    assert "トークンはありません" in browser.get("/users/tokens/").content.decode()
    file = io.BytesIO(csv_file())
    file.name = "seeds.csv"
    assert browser.post("/users/tokens/load/", {"file": file}).status_code == 302
    page = browser.get("/users/tokens/").content.decode()
    assert "在庫 2個" in page
    assert SEED.hex() not in page
    bad = io.BytesIO(b"A1,zz")
    bad.name = "bad.csv"
    assert "種の長さが違います" in browser.post("/users/tokens/load/", {"file": bad}).content.decode()
    assert browser.post("/users/tokens/assign/", {"serial": "Ａ１００", "username": "clerk"}).status_code == 302
    token = HardwareToken.objects.get(user=clerk)
    browser.post(f"/users/tokens/{token.pk}/lost/")
    assert "紛失 1個" in browser.get("/users/tokens/").content.decode()
    assert (
        "この職員IDの利用者はいません"
        in browser.post("/users/tokens/assign/", {"serial": "A101", "username": "nobody"}).content.decode()
    )
