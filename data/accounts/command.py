"""``python -m data users …``: accounts by command, for scripts and for the first day.

``first`` is what ``make run`` calls: demonstration accounts beside demonstration data, else one administrator.
"""

import argparse
import csv
import datetime as dt
import json
import sys
from collections import defaultdict
from pathlib import Path

from data import locks
from data.access.caller import COMMAND_LINE
from data.access.roles import ROLES
from data.accounts import administering, authenticator
from data.database.connection import Connection, loader_connection
from data.errors import TextError
from data.project import ROOT
from data.texts.catalogue import t

ADMINISTRATOR = "quantri"
DEMO_LOGINS = {
    "ward_officer": "canbo",
    "ward_chair": "chutich",
    "police": "congan",
    "culture_office": "vanhoa",
    "culture_centre": "trungtam",
    "economy_office": "kinhte",
    "district_command": "bchd",
    "managing_body": "quanly",
    "admin": ADMINISTRATOR,
}
DEMO_UNITS = 12
DEMO_FILE = ROOT / ".local" / "demo-accounts.json"
_BY = COMMAND_LINE.name


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``users`` and what it can do to the commands of ``python -m data``."""
    users = commands.add_parser("users", help="tài khoản: liệt kê, thêm, đổi, khóa, cấp lại").add_subparsers(
        dest="users", required=True
    )
    users.add_parser("list", help="mọi tài khoản, dạng CSV")
    add = users.add_parser("add", help="thêm tài khoản; in mật khẩu dùng một lần")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="họ tên")
    _add_place(add)
    _add_place(users.add_parser("change", help="đổi vai trò, phường hoặc đơn vị")).add_argument("login")
    reset = users.add_parser(
        "reset", help="mật khẩu dùng một lần mới, bỏ ứng dụng xác thực và địa chỉ thư OpenID Connect cũ"
    )
    disable = users.add_parser("disable", help="khóa tài khoản và kết thúc mọi phiên")
    enable = users.add_parser("enable", help="mở lại tài khoản")
    code = users.add_parser("code", help="mã xác thực lúc này của một tài khoản mẫu")
    for parser in (reset, disable, enable, code):
        parser.add_argument("login")
    identity = users.add_parser("identity", help="địa chỉ thư để đăng nhập lần đầu bằng OpenID Connect")
    identity.add_argument("login")
    email = identity.add_mutually_exclusive_group(required=True)
    email.add_argument("--email", help="địa chỉ mà nhà cung cấp đã xác minh")
    email.add_argument("--none", dest="email", action="store_const", const="", help="bỏ, không đăng nhập cách này nữa")
    mail = users.add_parser("mail", help="địa chỉ nhận thư của tài khoản; để trống: không gửi")
    mail.add_argument("login")
    mail.add_argument("address")
    move = users.add_parser("move", help="chuyển tài khoản sang phường mới theo một bảng")
    move.add_argument("table", type=Path, help="CSV: old_vintage,old_code,new_vintage,new_code")
    first = users.add_parser("first", help="tài khoản đầu tiên khi chưa có tài khoản nào")
    first.add_argument("--demo-file", type=Path, default=DEMO_FILE, help="tệp giữ mật khẩu của các tài khoản mẫu")


def _add_place(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--role", required=True, choices=list(ROLES))
    parser.add_argument("--ward", action="append", default=[], help="mã phường đang có hiệu lực; lặp lại được")
    parser.add_argument("--unit", action="append", default=[], help="mã địa điểm; lặp lại được")
    return parser


def run(options: argparse.Namespace) -> int:
    """Run one command; raises UserError with a sentence."""
    with loader_connection() as conn:
        match options.users:
            case "list":
                _print_accounts(conn)
            case "add":
                places = _wards(conn, options.ward)
                password = administering.create(
                    conn, options.login, options.name, options.role, places, options.unit, _BY
                )
                _say_password(options.login, password)
            case "move":
                print(t("accounts.moved", count=str(administering.move_wards(conn, _read_table(options.table)))))
            case "first":
                _first(conn, options.demo_file)
            case "code":
                _print_code(conn, options.login)
            case _:
                _change(conn, options)
    return 0


def _change(conn: Connection, options: argparse.Namespace) -> None:
    number = administering.account(conn, options.login).id
    match options.users:
        case "change":
            administering.change(conn, number, options.role, _wards(conn, options.ward), options.unit)
        case "reset":
            _say_password(options.login, administering.reset(conn, number))
            return
        case "disable":
            administering.disable(conn, number)
        case "enable":
            administering.enable(conn, number)
        case "identity":
            administering.name_identity(conn, number, options.email)
        case "mail":
            administering.mail_address(conn, number, options.address)
    print(t("accounts.changed", login=options.login))


def _say_password(login: str, password: str) -> None:
    print(t("accounts.one_time", login=login, password=password))
    print(t("accounts.one_time.days", days=administering.ONE_TIME_DAYS))


def _print_accounts(conn: Connection) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("login", "name", "role", "wards", "units", "disabled", "authenticator", "last_seen", "email"))
    for one in administering.accounts(conn):
        seen = one.seen_at.isoformat(timespec="seconds") if one.seen_at else ""
        places = "; ".join(one.wards), "; ".join(one.units)
        writer.writerow(
            (one.login, one.name, one.role, *places, one.is_disabled, one.has_authenticator, seen, one.email)
        )


def _wards(conn: Connection, codes: list[str]) -> list[int]:
    by_code = {ward.code: ward.id for ward in administering.wards_to_give(conn)}
    for code in codes:
        if code not in by_code:
            raise administering.UnusableAccount("access.account.no_ward", ward=code)
    return [by_code[code] for code in codes]


def _read_table(file: Path) -> dict[administering.WardKey, list[administering.WardKey]]:
    table: dict[administering.WardKey, list[administering.WardKey]] = defaultdict(list)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                table[row["old_vintage"], row["old_code"]].append((row["new_vintage"], row["new_code"]))
    except (OSError, UnicodeDecodeError) as error:
        raise TextError("access.account.table", file=file, reason=error) from error
    except KeyError as error:
        raise TextError("access.account.table_columns", file=file, column=error.args[0]) from error
    return table


def _first(conn: Connection, demo_file: Path) -> None:
    """Accounts when there are none; what is said once is the password of an administrator, never that of a demo."""
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", locks.FIRST_ACCOUNTS)
    found = administering.accounts(conn)
    if not found:
        loads = conn.execute("SELECT count(*) > 0 AND bool_and(is_demo) AS is_demo FROM load").fetchone()
        if loads and loads["is_demo"]:
            found = _make_demo(conn, demo_file)
        else:
            password = administering.create(conn, ADMINISTRATOR, t("role.admin"), "admin", [], [], _BY)
            _say_password(ADMINISTRATOR, password)
    demo = [one for one in found if one.is_demo and not one.is_disabled]
    if demo and demo_file.is_file():
        _say_demo(demo, json.loads(demo_file.read_text("utf-8")))


def _make_demo(conn: Connection, demo_file: Path) -> list[administering.Account]:
    """One account a role, with passwords of this clone alone, kept beside its database (mode 0600)."""
    ward = conn.execute(
        "SELECT ward_id AS id FROM venue WHERE ward_id = ANY (%s) GROUP BY ward_id ORDER BY count(*) DESC, 1 LIMIT 1",
        ([ward.id for ward in administering.wards_to_give(conn)],),
    ).fetchone()
    units = conn.execute("SELECT code FROM venue ORDER BY category, md5(code) LIMIT %s", (DEMO_UNITS,)).fetchall()
    passwords = {}
    for role, login in DEMO_LOGINS.items():
        scope = ROLES[role].scope
        places = [ward["id"]] if scope == "wards" and ward else []
        if scope == "wards" and not places:
            continue  # no venue lies in a ward of today: nothing to show such an account
        codes = [row["code"] for row in units] if scope == "units" else []
        passwords[login] = administering.create(
            conn, login, t("accounts.demo.name", role=t(f"role.{role}")), role, places, codes, _BY
        )
    keys = {login: authenticator.new_key() for role, login in DEMO_LOGINS.items() if ROLES[role].needs_second_factor}
    for login, key in keys.items():
        conn.execute(
            "UPDATE account SET authenticator_key = %s, authenticator_since = clock_timestamp() WHERE login = %s",
            (key, login),
        )
    conn.execute("UPDATE account SET is_demo = true, one_time_until = NULL WHERE login = ANY (%s)", (list(passwords),))
    demo_file.touch(mode=0o600)
    demo_file.write_text(json.dumps(passwords), encoding="utf-8")
    return administering.accounts(conn)


def _say_demo(demo: list[administering.Account], passwords: dict[str, str]) -> None:
    print("\n" + t("accounts.demo"))
    for one in demo:
        password = passwords.get(one.login, t("accounts.demo.changed"))
        second = f"  + {t('accounts.demo.code')}" if ROLES[one.role].needs_second_factor else ""
        print(f"  {one.login:<10} {password:<21} {t(f'role.{one.role}', 'vi')}{second}")
    print(t("accounts.demo.code_now") + "\n", flush=True)


def _print_code(conn: Connection, login: str) -> None:
    """Of demonstration accounts alone: their keys are in nobody's telephone."""
    row = conn.execute("SELECT authenticator_key FROM account WHERE login = %s AND is_demo", (login,)).fetchone()
    if row is None or row["authenticator_key"] is None:
        raise administering.UnusableAccount("access.account.no_code", login=login)
    left = authenticator.SECONDS - int(dt.datetime.now(dt.UTC).timestamp()) % authenticator.SECONDS
    print(t("accounts.code", code=authenticator.code_now(row["authenticator_key"]), seconds=left))
