-- Text for comparison: lower case, no diacritics, each run of white space one blank. Twin of data/texts/folding.py.
-- Decomposition and not the extension unaccent, so that it may be IMMUTABLE and equals the Python side.
CREATE OR REPLACE FUNCTION fold(content text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT btrim(regexp_replace(
        lower(translate(regexp_replace(normalize(content, NFD), '[\u0300-\u036f]', '', 'g'), 'Đđ', 'dd')),
        '\s+', ' ', 'g'))
$$;
