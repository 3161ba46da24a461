-- Texts come composed (NFC) from now on; what is there already follows. Some letters are longer composed than they came:
-- the column's limit holds all the same.
UPDATE messages SET text = left(normalize(text, NFC), 10000) WHERE text IS NOT NFC NORMALIZED;
