"""What people do with venues from any screen: one registry of actions, the buttons that offer them, and their routes.

An action is one entry of ``registry.REGISTRY`` and one function that does it for one venue. That function alone decides
and refuses: what the dialog shows beforehand is what it answers in a transaction that is taken back.
"""
