"""Without the sample files the suites are skipped, and say so."""

from acceptance.__main__ import main


def test_skips_where_the_folder_is_absent(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("O2C_SAMPLES", str(tmp_path / "nowhere"))

    status = main()

    assert status == 0
    assert capsys.readouterr().out == (
        f"Skipped: there are no samples in {tmp_path}/nowhere (O2C_SAMPLES names them).\n"
    )
