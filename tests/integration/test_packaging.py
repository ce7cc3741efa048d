"""docs/deploy and docs/operation.md: what is there to be copied does what the program can.

systemd reads the units, and the Containerfile is built without a container. The recipes for
continuous integration are run in test_pipelines.py.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml
from cronsim import CronSim

from publisher.config import Config
from publisher.config.load import load_config
from publisher.config.mailing import SmtpSpec
from tests.conftest import ROOT
from tests.deploying import (
    DEPLOY,
    RECIPES,
    Step,
    container_stages,
    folder_of,
    guide_blocks,
    guide_commands,
    one,
    our_commands,
    read,
    read_unit,
    refusal,
    run,
    seconds,
    settled,
    the_step,
)
from tests.integration.config_table import keys
from tests.serving import wait_until, within
from tests.sites import CONFIG, NEWSLETTER
from tests.web_servers import free_port

UNITS = sorted(file.name for file in DEPLOY.iterdir() if file.suffix in (".service", ".timer"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
LASTING = [name for name in SERVICES if name != "publisher-publish.service"]
SENDING = [name for name in SERVICES if name != "publisher-serve.service"]
ENVIRONMENT = "/srv/publisher-env"
SITE = "/srv/paper"
RELAY_WAITS = SmtpSpec().timeout.total_seconds()


# ---------------------------------------------------------------- all of it


def commands_of_files() -> Iterator[tuple[str, list[str]]]:
    for name in SERVICES:
        for setting, values in read_unit(name)["Service"].items():
            if setting.startswith("Exec"):
                yield from ((name, words) for v in values for words in our_commands(v))
    for line in read("crontab").splitlines():
        if line and not line.startswith(("#", "MAILTO=")):
            yield from (("crontab", words) for words in our_commands(line.split(None, 5)[5]))
    final = container_stages()[-1]
    yield "Containerfile", [*the_step(final, "ENTRYPOINT").words, *the_step(final, "CMD").words]
    yield "compose.yaml", ["publisher", *compose()["command"]]
    yield from (("compose.yaml", words) for words in our_commands(compose_cron()[1]))
    for name, recipe in RECIPES.items():
        for script in (recipe.before, recipe.after):
            yield from ((name, words) for words in our_commands(script))
    yield from (("operation.md", words) for words in guide_commands())


def test_every_command_is_one_that_the_program_takes() -> None:
    found = list(commands_of_files())

    assert {*SERVICES, "crontab", "Containerfile", "compose.yaml", *RECIPES, "operation.md"} == {
        name for name, _ in found
    }
    assert [f"{name}: {said}" for name, words in found if (said := refusal(words))] == []


def test_a_command_that_is_none_is_found() -> None:
    script = "cd x && sudo -u y sh -c 'A=1 /z/publisher backup' && publish --deliever 2>/dev/null"
    assert [bool(refusal(words)) for words in our_commands(script)] == [True, True]
    assert refusal(["publisher", "issue", "resume", "weekly", "one"])
    assert refusal(["publisher", "isue", "list"])
    assert refusal(["publisher", "issue"])


def test_every_file_is_named_in_the_guide_and_every_file_named_is_there() -> None:
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(deploy/([\w.-]+)\)", text)) == {f.name for f in DEPLOY.iterdir()}


def configuration_snippets() -> list[tuple[str, dict[str, Any]]]:
    """What the guide and the comments of the files say to write into publisher.yaml."""
    found = [("operation.md", yaml.safe_load(block)) for block in guide_blocks("yaml")]
    for file in DEPLOY.iterdir():
        comments = re.sub(r"\s*\n# *", " ", file.read_text(encoding="utf-8"))
        snippets = re.findall(r"publisher\.yaml: (\w+: \{.*?\})", comments)
        found.extend((file.name, yaml.safe_load(snippet)) for snippet in snippets)
    return found


def test_every_key_is_one_that_the_configuration_knows(tmp_path: Path) -> None:
    found = configuration_snippets()
    assert {*SENDING, "compose.yaml", "operation.md"} == {name for name, _ in found}
    for number, (name, snippet) in enumerate(found):
        whole = {"smtp": {"username": "news", **snippet.pop("smtp", {})}, **snippet}
        file = tmp_path / f"{number}.yaml"
        file.write_text(CONFIG + NEWSLETTER + yaml.safe_dump(whole), encoding="utf-8")
        assert isinstance(load_config(file), Config), name

    known = {re.sub(r"\[\]|\.ID", "", key) for key, _, _ in keys(Config, "", {})}
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    tops = "|".join(sorted({key.partition(".")[0] for key in known}))
    named = set(re.findall(rf"`((?:{tops})\.[a-z_]+)`", text)) - {"publisher.yaml"}
    assert named
    assert named <= known


def test_where_the_password_lies_is_what_publisher_yaml_names(tmp_path: Path) -> None:
    paths = {
        name: s["smtp"]["password_file"] for name, s in configuration_snippets() if "smtp" in s
    }
    for name in SENDING:
        handed = one(read_unit(name)["Service"]["LoadCredential"])
        assert paths[name] == f"/run/credentials/{name}/{handed}"
    assert paths["operation.md"] == paths["publisher.service"]
    (secret,) = compose()["secrets"]
    assert paths["compose.yaml"] == f"/run/secrets/{secret}"


# ---------------------------------------------------------------- systemd


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they are but for the programs, which lie where no such program is here."""
    programs = tmp_path / "env" / "bin"
    programs.mkdir(parents=True)
    for name in ("publisher", "publish"):
        (programs / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    folder = tmp_path / "units"
    folder.mkdir()
    for name in UNITS:
        text = read(name).replace(f"{ENVIRONMENT}/bin/", f"{programs}/")
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.service
def test_systemd_finds_nothing_to_say_about_the_units(
    units: Path, program: Callable[[str], str]
) -> None:
    said = run(program("systemd-analyze"), "verify", "--man=no", *sorted(units.iterdir()))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")

    broken = units / "publisher.service"
    broken.write_text(broken.read_text("utf-8").replace("WatchdogSec", "WatchdogSek"), "utf-8")
    said = run(program("systemd-analyze"), "verify", "--man=no", broken)
    assert "WatchdogSek" in said.stderr


@pytest.mark.service
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_little_harm(
    name: str, units: Path, program: Callable[[str], str]
) -> None:
    """The figure is systemd's own: from 0 (nothing is possible) to 10, and 9.6 for no setting."""
    said = run(program("systemd-analyze"), "security", "--offline=true", units / name)
    found = re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)
    assert found, said.stderr
    assert float(found[1]) <= 2.0


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_where_the_guide_puts_it(name: str) -> None:
    unit = read_unit(name)
    service = unit["Service"]
    assert one(unit["Unit"]["RequiresMountsFor"]).split() == [SITE, ENVIRONMENT]
    assert one(service["WorkingDirectory"]) == SITE
    assert folder_of(one(service["ExecStart"]).split()[0]) == f"{ENVIRONMENT}/bin"
    written = SITE if name in SENDING else f"{SITE}/{Config.__dataclass_fields__['state'].default}"
    assert one(service["ReadWritePaths"]) == written
    assert one(service["User"]) == one(service["Group"]) == "publisher"
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert f"useradd --system --home-dir {SITE}" in text
    assert f"python3 -m venv {ENVIRONMENT}" in text


@pytest.mark.parametrize("name", LASTING)
def test_a_service_that_lasts_is_begun_again_whatever_ends_it(name: str) -> None:
    unit = read_unit(name)
    service = unit["Service"]
    assert one(service["Restart"]) == "always"
    assert one(unit["Unit"]["StartLimitIntervalSec"]) == "0"
    assert one(unit["Install"]["WantedBy"]) == "multi-user.target"
    assert one(service["ExecReload"]) == "kill -HUP $MAINPID"
    if name in SENDING:  # only the timer says when it is ready, and that it lives
        assert one(service["Type"]) == "notify"
        assert seconds(one(service["WatchdogSec"])) >= 60
    else:
        assert one(service["Type"]) == "exec"
        assert "WatchdogSec" not in service


@pytest.mark.parametrize("name", SENDING)
def test_whoever_sends_may_end_the_message_in_hand(name: str) -> None:
    assert seconds(one(read_unit(name)["Service"]["TimeoutStopSec"])) >= 2 * RELAY_WAITS


def test_services_in_place_of_each_other_end_each_other() -> None:
    ended = one(read_unit("publisher.service")["Unit"]["Conflicts"]).split()
    assert set(ended) == {*LASTING} - {"publisher.service"}


@pytest.mark.service
def test_the_timer_wakes_its_service(program: Callable[[str], str]) -> None:
    timer = read_unit("publisher-publish.timer")["Timer"]
    assert one(timer["Persistent"]) == "yes" or one(timer["Persistent"]) == "true"
    said = run(program("systemd-analyze"), "calendar", one(timer["OnCalendar"]), "*:*")
    assert said.returncode == 0, said.stderr
    assert "publisher-publish.service" in SERVICES


# ---------------------------------------------------------------- cron


def test_cron_understands_its_lines() -> None:
    lines = [li for li in read("crontab").splitlines() if li and not li.startswith("#")]
    assert lines[0].startswith("MAILTO=")
    for line in lines[1:]:
        *when, what = line.split(None, 5)
        next(CronSim(" ".join(when), datetime(2026, 11, 26, tzinfo=UTC)))
        assert what.startswith(f"cd {SITE} && {ENVIRONMENT}/bin/")
        assert "%" not in what.replace(r"\%", ""), "cron makes a new line of it"
        assert what.isascii()


# ---------------------------------------------------------------- containers


def compose() -> dict[str, Any]:
    """The one service of compose.yaml."""
    (service,) = yaml.safe_load(read("compose.yaml"))["services"].values()
    assert isinstance(service, dict)
    return service


def compose_cron() -> tuple[str, str]:
    """When cron of the machine makes a backup, and by which command."""
    (line,) = re.findall(r"^#   ([\d*].*)$", read("compose.yaml"), re.MULTILINE)
    *when, what = line.split(None, 5)
    return " ".join(when), what


def test_a_container_s_backup_is_made_each_night_where_it_outlives_the_container() -> None:
    when, what = compose_cron()
    next(CronSim(when, datetime(2026, 11, 26, tzinfo=UTC)))
    assert "%" not in what.replace(r"\%", ""), "cron makes a new line of it"
    (words,) = our_commands(what)
    assert words[:2] == ["publisher", "backup"]
    (service,) = yaml.safe_load(read("compose.yaml"))["services"]
    assert f" exec -T {service} publisher backup " in what, "cron has no terminal"
    inside = PurePosixPath(words[-1].replace("\\", "").partition("$")[0])
    mounts = dict(m.split(":")[::-1] for m in compose()["volumes"])
    kept = mounts[str(inside.parent)].removeprefix("./")
    assert f"find {kept} -name '{inside.name}*.zip' " in what
    guide = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert f"-m 700 {kept}`" in guide


def test_the_container_is_small_and_nobody_in_it_is_root() -> None:
    build, final = container_stages()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(settled(build)["EXTRAS"].split(",")) <= set(extras["optional-dependencies"])
    for step in build:
        if step.name == "COPY":
            *sources, _ = step.words
            assert [s for s in sources if not (ROOT / s).exists()] == []
    assert {s.words[0] for s in (build[0], final[0])} == {build[0].words[0]}
    assert "slim" in build[0].words[0]
    assert not any("apt" in step.text or "curl" in step.text for step in final)
    assert the_step(final, "COPY").words == ["--from=build", "/opt/publisher", "/opt/publisher"]
    assert the_step(final, "USER").text == "$UID:$UID"
    assert int(settled(final)["UID"]) >= 1000
    assert settled(final)["PATH"] == "/opt/publisher/bin:$PATH"
    assert the_step(final, "STOPSIGNAL").text == "SIGTERM"
    assert the_step(final, "WORKDIR").text in the_step(final, "VOLUME").words
    assert final.index(the_step(final, "USER")) < final.index(the_step(final, "ENTRYPOINT"))


def test_where_the_container_listens_it_is_asked_for_its_health() -> None:
    _, final = container_stages()
    port = the_step(final, "EXPOSE").text
    check = the_step(final, "HEALTHCHECK").words
    assert the_step(final, "CMD").words[-2:] == ["--listen", f"0.0.0.0:{port}"]
    assert f"'http://127.0.0.1:{port}/healthz'" in check[-1]
    compile(check[-1], "healthcheck", "exec")

    service = compose()
    assert service["command"] == the_step(final, "CMD").words
    assert service["healthcheck"]["test"] == ["CMD", *check]
    for option in ("interval", "timeout", "retries", "start_period"):
        said = re.search(
            rf"--{option.replace('_', '-')}=(\S+)", the_step(final, "HEALTHCHECK").text
        )
        assert said
        assert said[1] == str(service["healthcheck"][option])
    (published,) = service["ports"]
    assert published == f"127.0.0.1:{port}:{port}"


def test_compose_keeps_what_must_be_kept_and_gives_no_more_than_it_must() -> None:
    whole, service = yaml.safe_load(read("compose.yaml")), compose()
    (work,) = the_step(container_stages()[-1], "VOLUME").words
    mounts = dict(m.split(":")[::-1] for m in service["volumes"])
    assert mounts[work].startswith("./")
    assert mounts[f"{work}/{Config.__dataclass_fields__['state'].default}"] in whole["volumes"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["hostname"]
    assert seconds(service["stop_grace_period"]) >= 2 * RELAY_WAITS
    assert set(service["secrets"]) == set(whole["secrets"])
    assert service["build"]["dockerfile"] == "docs/deploy/Containerfile"
    assert set(service["build"]["args"]) <= set(settled(container_stages()[-1]))


@pytest.mark.long
def test_the_container_s_steps_make_a_site_that_is_served(tmp_path: Path) -> None:
    """Each step as it stands; its folders lie below one of ours, and this Python is the image's."""
    build, final = container_stages()

    def here(text: str) -> str:
        return re.sub(r"(?<![\w./])/(src|wheels|opt/publisher)\b", rf"{tmp_path}/\1", text)

    made = run(sys.executable, "-m", "venv", tmp_path / "image")
    assert made.returncode == 0, made.stderr
    kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.endswith("_proxy")}
    path = f"{tmp_path}/image/bin:{os.defpath}"
    env = kept | settled(build) | {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    (tmp_path / "src").mkdir()
    for step in build:
        if step.name == "COPY":
            _copy(step, tmp_path / "src")
        elif step.name == "RUN":
            done = run("sh", "-ec", here(step.text), cwd=tmp_path / "src", env=env)
            assert done.returncode == 0, (step.text, done.stdout[-2000:], done.stderr[-2000:])
    programs = tmp_path / "opt" / "publisher" / "bin"
    assert not (programs / "pip").exists()

    env = {"PATH": f"{programs}:{os.defpath}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    begun = run("publisher", "init", tmp_path / "site", env=env)
    assert begun.returncode == 0, begun.stderr
    port = the_step(final, "EXPOSE").text
    other = str(free_port())
    command = [*the_step(final, "ENTRYPOINT").words, *the_step(final, "CMD").words]
    check = [w.replace(f":{port}/", f":{other}/") for w in the_step(final, "HEALTHCHECK").words]
    with subprocess.Popen(
        [w.replace(f":{port}", f":{other}") for w in command], cwd=tmp_path / "site", env=env
    ) as served:
        try:
            wait_until(lambda: run(*check, env=env).returncode == 0, within(60))
            wait_until(lambda: _answers(f"http://127.0.0.1:{other}/rss.xml"), within(60))
        finally:
            served.send_signal(signal.SIGTERM)
        assert served.wait(timeout=within(30)) == 0
    assert run(*check, env=env).returncode != 0


def _copy(step: Step, folder: Path) -> None:
    *sources, target = step.words
    for source in sources:
        there = ROOT / source
        if there.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(there, folder / target, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy(there, folder / target)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False
