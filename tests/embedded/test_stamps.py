from o2c.embedded.stamps import OF_DATABASE, Stamps, fingerprint


def test_a_step_is_current_only_for_its_own_key(tmp_path):
    stamps = Stamps(tmp_path / "stamps")

    stamps.remember("static", "one")

    assert stamps.is_current("static", "one")
    assert not stamps.is_current("static", "two")
    assert not stamps.is_current("other", "one")


def test_forgets_with_the_database_what_was_done_in_it(tmp_path):
    stamps = Stamps(tmp_path)
    stamps.remember("static", "one")
    stamps.remember(f"{OF_DATABASE}tables", "one")

    stamps.forget_database()

    assert stamps.is_current("static", "one")
    assert not stamps.is_current(f"{OF_DATABASE}tables", "one")


def test_the_key_changes_when_a_file_is_written(tmp_path):
    file = tmp_path / "0001_initial.py"
    file.write_text("one")
    before = fingerprint([file], root=tmp_path)

    file.write_text("two")

    assert fingerprint([file], root=tmp_path) != before
