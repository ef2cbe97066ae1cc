"""The middle floor, archive to documents: extraction, normalisation, language, rules, masks."""
