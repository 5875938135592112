"""Trading partners: what we answer them, how it is written, and how it gets there and back.

answers -> responses_x12 | responses_edifact | responses_ubl -> PartnerMessage -> transport
"""
