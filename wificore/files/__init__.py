"""Files that people give to the tenant: its logo, pictures of staff, attachments.

    bytes -> checking.py (what it is by its own bytes, pictures written anew) -> storage `uploads`
    a row says whose it is -> links.py: /files/<signed>, which expires and is this tenant's only

Rights are asked where a file belongs: of a customer's attachments by the customers' API.
"""
