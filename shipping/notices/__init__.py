"""Ship notices to trading partners: 856, DESADV and UBL DespatchAdvice.

content -> x12 | edifact | ubl -> orders.partners.telling -> the partner's folder or AS2
"""
