-- Composes the rows that were stored before V5, whose trigger does the work.
UPDATE messages SET text = text WHERE text IS NOT NFC NORMALIZED;
