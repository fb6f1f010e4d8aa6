-- Whether a place is a household business or an enterprise (with offices, schools and other units), as far as its name and
-- category tell: the register does not say. The form of business in the name decides, "Hộ kinh doanh …", "Công ty …";
-- without one a category that households do not run is an enterprise. For comparing groups, never for a single place.
CREATE OR REPLACE FUNCTION business_sort(p_name text, p_category text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN fold(p_name) ~ '\m(ho kinh doanh|ho kd|hkd)\M' THEN 'household'
        WHEN fold(p_name) ~ '\m(cong ty|cty|ctcp|tnhh|doanh nghiep|dntn|hop tac xa|htx|chi nhanh)\M' THEN 'enterprise'
        WHEN p_category IN (
            'government', 'school', 'clinic', 'market', 'supermarket', 'mall', 'bank', 'office', 'apartments', 'religious',
            'public_place'
        ) THEN 'enterprise'
        ELSE 'household'
    END
$$;
