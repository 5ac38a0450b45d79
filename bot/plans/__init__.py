"""Plan files: reading, checking, writing and repeating the plan of a chat. Bytes and times in, values out.

`core/plan.py` holds what a running chat needs of it.
"""
