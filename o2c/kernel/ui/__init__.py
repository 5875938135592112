"""What pages are drawn with: icons, figures, dates, status words, charts and form fields.

Each function returns text or safe markup; `o2c.kernel.templatetags.ui` gives them to templates.
"""
