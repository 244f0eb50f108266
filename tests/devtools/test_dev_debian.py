from devtools import debian, paths, source

ARCHIVE = "https://mirror.invalid/debian/"
SECURITY = "https://mirror.invalid/debian-security/"
OTHER = "https://maker.invalid/linux/debian/"


def test_the_archive_is_told_from_security_and_from_other_makers():
    listing = [f"Maker|{OTHER}", f"Debian|{SECURITY}", f"Debian|{ARCHIVE}", f"Debian|{ARCHIVE}"]
    assert debian.choose_mirrors("\n".join(listing)) == [ARCHIVE]


def test_without_origins_what_is_sure_comes_first():
    listing = [f"|{OTHER}", f"|{SECURITY}", f"Debian|{ARCHIVE}"]
    assert debian.choose_mirrors("\n".join(listing)) == [ARCHIVE, OTHER]


def test_another_distribution_has_no_archive_for_us():
    assert debian.choose_mirrors("Ubuntu|https://mirror.invalid/ubuntu/\n") == []
    assert debian.choose_mirrors("") == []


def make(top, *files):
    for name in files:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()


def test_odoos_git_has_two_folders_of_addons(tmp_path):
    make(tmp_path, "addons/web/x", "odoo/addons/base/x")
    found = source.Source(tmp_path, "x").addons
    assert found == [tmp_path / "addons", tmp_path / "odoo" / "addons"]


def test_debians_package_has_one(tmp_path):
    make(tmp_path, "addons/left/over", "odoo/addons/base/x", "odoo/addons/web/x")
    assert source.Source(tmp_path, "x").addons == [tmp_path / "odoo" / "addons"]


def test_odoo_path_names_a_checkout_or_the_package_in_it(tmp_path):
    make(tmp_path, "odoo-bin", "odoo/release.py")
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    checkout = source.from_environment(str(tmp_path))
    package = source.from_environment(str(tmp_path / "odoo"))
    assert checkout == package
    assert checkout.python_path == tmp_path


def test_the_unpacked_odoo_lacks_no_icon():
    for folder in debian.ICON_FOLDERS:
        for top in paths.ODOO.glob(f"usr/lib/python3/dist-packages/odoo/addons/{folder}"):
            assert all(path.exists() for path in top.iterdir())
