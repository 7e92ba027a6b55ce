-- The 25 criteria of NELMAS in DuckDB's SQL, written by hand from criteria.toml, as a good analyst would for one trial:
-- fast, and to be read beside the registry's text. Not made by Equipoise. Three truths: true, false, NULL for unknown.
--
-- It reads the tables of facts (rules/tables.py): one table a concept, one row a fact. Variable `today`: the day asked about.
-- It returns people.key and one BOOLEAN a criterion.
--
-- It is right for records with
--   exact days (no "March 2026", no day missing);
--   no two entries of one concept on one day that say different things (of which it takes any);
--   no "there was none" beside an event of the same concept;
--   one answer to a plain question; units that laboratories of our sample use (see the CASEs on `unit`).
-- The rules that Equipoise itself writes as SQL cover all of these.

CREATE OR REPLACE TEMP MACRO known() AS getvariable('today');

-- A number, perhaps an interval (lo to hi), against a limit x.
CREATE OR REPLACE TEMP MACRO below(doubt, lo, hi, hi_open, x) AS
  CASE WHEN doubt THEN NULL WHEN hi < x OR (hi = x AND hi_open) THEN true WHEN lo >= x THEN false END;
CREATE OR REPLACE TEMP MACRO above(doubt, lo, hi, lo_open, x) AS
  CASE WHEN doubt THEN NULL WHEN lo > x OR (lo = x AND lo_open) THEN true WHEN hi <= x THEN false END;

-- Many truths to one: a single TRUE decides `any_one`, a single FALSE decides `every_one`; else one unknown leaves it open.
CREATE OR REPLACE TEMP MACRO any_one(truth) AS CASE WHEN bool_or(truth) THEN true WHEN count(truth) = count(*) THEN false END;
CREATE OR REPLACE TEMP MACRO every_one(stated, truth) AS
  CASE WHEN bool_or(stated AND NOT truth) THEN false
       WHEN bool_or(stated) AND count_if(stated) = count_if(stated AND truth) THEN true END;

-- The answer "disease outside the liver" may hold several.
CREATE OR REPLACE TEMP MACRO only_acceptable(outside) AS
  CASE WHEN outside = '' THEN NULL WHEN contains('|' || outside || '|', '|other|') THEN false
       WHEN contains('|' || outside || '|', '|unclear|') THEN NULL WHEN outside IS NOT NULL THEN true END;
CREATE OR REPLACE TEMP MACRO metastases(liver) AS CASE liver WHEN 'metastases' THEN true WHEN 'none' THEN false END;

WITH
-- ------------------------------------------------------------------ events
consent_ AS (
  SELECT key, min(when_lo) FILTER (NOT none) AS first_day,
         arg_max_null(CASE WHEN none THEN false WHEN doubt THEN NULL ELSE coalesce(f_withdrawn, 'no') = 'no' END, when_lo) AS stands
  FROM consent WHERE when_lo <= known() GROUP BY key
),
procedure_ AS (
  SELECT key, min(when_lo) AS first_day FROM first_study_procedure WHERE NOT none AND when_lo <= known() GROUP BY key
),
resection_ AS (
  SELECT key, max(when_lo) FILTER (NOT none) AS day, bool_and(none) AS none,
         arg_max_null({residual: CASE WHEN NOT doubt THEN f_residual END,
                       confirmed: CASE WHEN NOT doubt AND f_histology_confirmed <> '' THEN f_histology_confirmed = 'yes' END},
                      when_lo) FILTER (NOT none) AS latest
  FROM liver_resection WHERE when_lo <= known() GROUP BY key
),
primary_ AS (
  SELECT key, min(when_lo) FILTER (NOT none) AS first_day, bool_and(none) AS none
  FROM primary_resection WHERE when_lo <= known() GROUP BY key
),
mri_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT m.doubt THEN metastases(f_liver) AND only_acceptable(f_extrahepatic) END, when_lo) AS met
  FROM mri_liver m JOIN resection_ r USING (key)
  WHERE NOT m.none AND when_lo BETWEEN r.day - 42 AND r.day - 1 GROUP BY key
),
accepted_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers = 'yes' END, when_lo) AS yes
  FROM sstr_tracer_accepted WHERE NOT none AND when_lo <= known() GROUP BY key
),
pet_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT p.doubt THEN
           metastases(f_liver) AND only_acceptable(f_extrahepatic) AND (f_tracer = 'Ga68_DOTATATE' OR (f_tracer <> '' AND a.yes)) END,
         when_lo) AS met
  FROM sstr_pet p JOIN resection_ r USING (key) LEFT JOIN accepted_ a USING (key)
  WHERE NOT p.none AND when_lo BETWEEN r.day - 84 AND r.day - 1 GROUP BY key
),
resectability_ AS (
  SELECT key, arg_max_null(CASE WHEN none THEN false WHEN NOT doubt THEN
           f_liver = 'non_resectable' OR f_primary = 'non_resectable' OR f_perihilar_nodes = 'non_resectable' END, when_lo) AS not_resectable
  FROM resectability WHERE when_lo <= known() GROUP BY key
),
ablation_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers = 'yes' END, when_lo) AS yes
  FROM concurrent_ablation_accepted WHERE NOT none AND when_lo <= known() GROUP BY key
),
-- A statement that there was no treatment holds for four weeks, and only of the time before it.
treatment_ AS (
  SELECT key,
         max(t.when_lo) FILTER (t.none) AS none_day,
         coalesce(none_day + 28 >= known() AND coalesce(max(t.when_lo) FILTER (NOT t.none) <= none_day, true), false) AS closed,
         bool_or(CASE WHEN NOT t.doubt THEN known() < greatest(t.when_lo, coalesce(t.end_lo, t.when_lo)) + 28 END) FILTER (NOT t.none) AS recent,
         count(*) FILTER (NOT t.none AND t.doubt) AS doubted,
         bool_or(barring) FILTER (NOT t.none) AS barred,
         count(*) FILTER (NOT t.none AND barring IS NULL) AS open
  FROM (
    SELECT a.*,
           CASE WHEN NOT a.doubt THEN
             f_kind <> 'somatostatin_analogue'
             AND ((f_setting = 'metastatic' AND f_kind NOT IN ('liver_directed', 'external_beam'))
                  OR (f_kind = 'liver_directed'
                      AND NOT coalesce((r.day BETWEEN a.when_lo AND greatest(a.when_lo, coalesce(a.end_lo, a.when_lo))) AND b.yes,
                                       CASE WHEN NOT (r.day BETWEEN a.when_lo AND greatest(a.when_lo, coalesce(a.end_lo, a.when_lo))) THEN false END))) END
             AS barring
    FROM anticancer_treatment a LEFT JOIN resection_ r USING (key) LEFT JOIN ablation_ b USING (key)
    WHERE a.when_lo <= known()
  ) t GROUP BY key
),
-- ------------------------------------------------------------------ the person and the tumour
birth_ AS (SELECT key, min(CASE WHEN NOT doubt THEN value_lo END) AS day FROM birth_date GROUP BY key),
sex_ AS (SELECT key, any_value(CASE WHEN NOT doubt THEN answers END) AS sex FROM sex GROUP BY key),
ecog_ AS (
  SELECT key, arg_max_null(NOT above(doubt, lo, hi, lo_open, 1), when_lo) AS met
  FROM ecog WHERE NOT none AND when_lo <= known() GROUP BY key
),
site_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN
           answers IN ('stomach', 'pancreas', 'duodenum', 'small_bowel', 'appendix', 'colon', 'rectum') END, when_lo) AS gep
  FROM primary_site WHERE NOT none AND when_lo <= known() GROUP BY key
),
pathology_ AS (
  SELECT key,
         arg_max_null(CASE WHEN NOT doubt AND f_histology <> '' THEN f_histology = 'NET' END, when_lo)
           FILTER (f_histology IS NOT NULL) AS net,
         arg_max_null(CASE WHEN NOT doubt AND f_differentiation <> '' THEN f_differentiation = 'well' END, when_lo)
           FILTER (f_differentiation IS NOT NULL) AS well,
         every_one(f_grade IS NOT NULL, CASE WHEN NOT doubt AND f_grade <> '' THEN f_grade IN ('G1', 'G2') END) AS g1_or_g2,
         every_one(f_ki67_unit IS NOT NULL, below(doubt, f_ki67_lo, f_ki67_hi, f_ki67_hi_open, 20)) AS ki67_low,
         any_one(CASE WHEN NOT doubt THEN nullif(f_grade, '') = 'G3' OR nullif(f_histology, '') = 'NEC' END) AS g3_or_nec
  FROM pathology WHERE NOT none AND when_lo <= known() GROUP BY key
),
pregnancy_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers IN ('yes', 'positive') END, when_lo) AS yes
  FROM (SELECT key, answers, doubt, when_lo FROM pregnant WHERE NOT none
        UNION ALL SELECT key, answers, doubt, when_lo FROM pregnancy_test WHERE NOT none)
  WHERE when_lo <= known() GROUP BY key
),
childbearing_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers = 'yes' END, when_lo) AS yes
  FROM childbearing_potential WHERE when_lo <= known() GROUP BY key
),
contraception_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers = 'no' END, when_lo) AS refused
  FROM contraception_agreed WHERE when_lo <= known() GROUP BY key
),
heart_ AS (
  SELECT key, arg_max_null(CASE WHEN none THEN false WHEN NOT doubt THEN
           nullif(f_nyha, '') IN ('II', 'III', 'IV') AND nullif(f_controlled, '') = 'no' END, when_lo) AS uncontrolled
  FROM heart_failure WHERE when_lo <= known() GROUP BY key
),
hypersensitivity_ AS (
  SELECT key, arg_max_null(CASE WHEN NOT doubt THEN answers = 'yes' END, when_lo) AS yes
  FROM ssa_hypersensitivity WHERE when_lo <= known() GROUP BY key
),
-- ------------------------------------------------------------------ laboratory: what the latest value of each says
haemoglobin_ AS (
  SELECT key, arg_max_null(CASE unit
    WHEN 'mmol/L' THEN below(doubt, lo, hi, hi_open, 5.0)
    WHEN 'g/dL' THEN below(doubt, lo, hi, hi_open, 8.0)
    -- 5.0 mmol/L is 80.57 g/L: both limits are met below 80, and neither from 80.57 on (16114 g/mol)
    WHEN 'g/L' THEN CASE WHEN below(doubt, lo, hi, hi_open, 80) THEN true WHEN NOT below(doubt, lo, hi, hi_open, 80.57) THEN false END END, when_lo) AS low
  FROM haemoglobin WHERE NOT none AND when_lo <= known() GROUP BY key
),
white_cells_ AS (
  SELECT key, arg_max_null(CASE
    WHEN unit IN ('10*9/L', '10*3/uL', '/nL') THEN below(doubt, lo, hi, hi_open, 2)
    WHEN unit IN ('/uL', '/mm3') THEN below(doubt, lo, hi, hi_open, 2000) END, when_lo) AS low
  FROM white_cells WHERE NOT none AND when_lo <= known() GROUP BY key
),
platelets_ AS (
  SELECT key, arg_max_null(CASE
    WHEN unit IN ('10*9/L', '10*3/uL', '/nL') THEN below(doubt, lo, hi, hi_open, 75)
    WHEN unit IN ('/uL', '/mm3') THEN below(doubt, lo, hi, hi_open, 75000) END, when_lo) AS low
  FROM platelets WHERE NOT none AND when_lo <= known() GROUP BY key
),
bilirubin_ AS (
  SELECT key, arg_max_null(above(doubt, lo, hi, lo_open, 3 * ref_high), when_lo) AS high
  FROM bilirubin WHERE NOT none AND when_lo <= known() GROUP BY key
),
albumin_ AS (
  SELECT key, arg_max_null(CASE unit WHEN 'g/dL' THEN below(doubt, lo, hi, hi_open, 3.0) WHEN 'g/L' THEN below(doubt, lo, hi, hi_open, 30) END, when_lo) AS low
  FROM albumin WHERE NOT none AND when_lo <= known() GROUP BY key
),
coagulation_ AS (
  SELECT key, arg_max_null(NOT below(doubt, lo, hi, hi_open, ref_low) AND NOT above(doubt, lo, hi, lo_open, ref_high), when_lo) AS normal
  FROM (
    SELECT key, when_lo, none, doubt, lo, hi, lo_open, hi_open, ref_low, ref_high FROM prothrombin_time
    UNION ALL SELECT key, when_lo, none, doubt, lo, hi, lo_open, hi_open, ref_low, ref_high FROM inr
    UNION ALL SELECT key, when_lo, none, doubt, lo, hi, lo_open, hi_open, ref_low, ref_high FROM quick) WHERE NOT none AND when_lo <= known() GROUP BY key
),
glucose_ AS (
  SELECT key, arg_max_null(above(doubt, lo, hi, lo_open, 2 * ref_high), when_lo) AS high
  FROM fasting_glucose WHERE NOT none AND when_lo <= known() GROUP BY key
),
marrow_ AS (
  SELECT key, arg_max_null(above(doubt, lo, hi, lo_open, 25), when_lo) AS much
  FROM marrow_irradiated WHERE NOT none AND when_lo <= known() GROUP BY key
),
creatinine_ AS (
  SELECT key, arg_max_null(CASE unit WHEN 'umol/L' THEN above(doubt, lo, hi, lo_open, 150) WHEN 'mg/dL' THEN above(doubt, lo, hi, lo_open, 1.7) END, when_lo) AS high
  FROM creatinine WHERE NOT none AND when_lo <= known() GROUP BY key
)
SELECT
  p.key,
  c.stands AND CASE WHEN sp.key IS NULL THEN true ELSE NOT sp.first_day < c.first_day END AS I1,
  datesub('year', b.day, coalesce(c.first_day, known())) >= 18 AS I2,
  e.met AS I3,
  s.gep AND pa.net AND pa.well AND pa.g1_or_g2 AND pa.ki67_low AS I4,
  CASE WHEN r.none THEN false
       ELSE CASE WHEN r.latest.residual IN ('R0', 'R1') THEN true WHEN r.latest.residual = 'R2' THEN false END AND r.latest.confirmed END AS I5,
  CASE WHEN pr.none THEN false ELSE pr.first_day <= r.day END AS I6,
  m.met AS I7,
  pet.met AS I8,
  CASE WHEN r.none THEN false ELSE known() < r.day + 28 END
    OR CASE WHEN t.recent AND t.none_day IS NULL THEN true WHEN t.recent OR t.doubted > 0 THEN NULL WHEN t.closed THEN false END AS E1,
  pa.g3_or_nec AS E2,
  CASE WHEN r.none THEN false WHEN r.latest.residual IN ('R0', 'R1', 'R2') THEN r.latest.residual = 'R2' END AS E3,
  re.not_resectable AS E4,
  pg.yes AND NOT sx.sex = 'male' AS E5,
  cb.yes AND cc.refused AS E6,
  CASE WHEN t.barred AND t.none_day IS NULL THEN true WHEN t.barred OR t.open > 0 THEN NULL WHEN t.closed THEN false END AS E7,
  hb.low AS E8,
  wc.low AS E9,
  pl.low AS E10,
  bi.high AS E11,
  al.low AND NOT co.normal AS E12,
  h.uncontrolled AS E13,
  gl.high AS E14,
  mi.much AS E15,
  cr.high AS E16,
  hy.yes AS E17
FROM people p
  LEFT JOIN consent_ c USING (key) LEFT JOIN procedure_ sp USING (key) LEFT JOIN resection_ r USING (key)
  LEFT JOIN primary_ pr USING (key) LEFT JOIN mri_ m USING (key) LEFT JOIN pet_ pet USING (key)
  LEFT JOIN resectability_ re USING (key) LEFT JOIN treatment_ t USING (key) LEFT JOIN birth_ b USING (key)
  LEFT JOIN sex_ sx USING (key) LEFT JOIN ecog_ e USING (key) LEFT JOIN site_ s USING (key)
  LEFT JOIN pathology_ pa USING (key) LEFT JOIN pregnancy_ pg USING (key) LEFT JOIN childbearing_ cb USING (key)
  LEFT JOIN contraception_ cc USING (key) LEFT JOIN heart_ h USING (key) LEFT JOIN hypersensitivity_ hy USING (key)
  LEFT JOIN haemoglobin_ hb USING (key) LEFT JOIN white_cells_ wc USING (key) LEFT JOIN platelets_ pl USING (key)
  LEFT JOIN bilirubin_ bi USING (key) LEFT JOIN albumin_ al USING (key) LEFT JOIN creatinine_ cr USING (key)
  LEFT JOIN glucose_ gl USING (key) LEFT JOIN marrow_ mi USING (key) LEFT JOIN coagulation_ co USING (key);
