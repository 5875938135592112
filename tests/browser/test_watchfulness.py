"""The browser fixtures see what they promise to see."""


def test_a_script_error_is_a_complaint(page, complaints):
    page.goto("data:text/html,<script>throw new Error('broken')</script>")
    page.wait_for_timeout(100)

    assert complaints == ["broken"]
    complaints.clear()


def test_a_violation_of_the_content_security_policy_is_a_complaint(page, complaints):
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\">"

    page.goto(f"data:text/html,{policy}<script>document.title = 'run'</script>")
    page.wait_for_timeout(100)

    assert len(complaints) == 1
    assert "Content Security Policy" in complaints[0]
    complaints.clear()


def test_an_inaccessible_page_is_told_by_its_rule(page, accessibility_faults):
    page.goto("data:text/html,<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'>")

    faults = accessibility_faults()

    assert [fault.partition(":")[0] for fault in faults] == ["image-alt"]
