"""The tones of status words; each is a class of the style sheet's pills."""

OFF, PLAIN, GO, OK, WARN, BAD = "off", "", "go", "ok", "warn", "bad"
