"""Orders that come by e-mail: the mail is kept, its attachments are taken in as documents of
their own, and its text is read where it orders something.

    mailbox (IMAP) -> messages, prose -> posting -> services
"""
