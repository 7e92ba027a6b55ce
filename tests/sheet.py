# ruff: noqa: E501
"""Six people in a sheet for NELMAS: one for each outcome, and one whose identifier is a script."""

from pathlib import Path

SCRIPT = "<script>alert(1)</script>"
SHEET = """\
person,as_of,birth_date,sex,consent.date,ecog,ecog.date,pathology.date,pathology.histology,pathology.differentiation,pathology.grade,pathology.ki67 [%],pathology.specimen,primary_site,liver_resection.date,liver_resection.residual,liver_resection.histology_confirmed,primary_resection.date,mri_liver.date,mri_liver.liver,mri_liver.extrahepatic,sstr_pet.date,sstr_pet.liver,sstr_pet.extrahepatic,sstr_pet.tracer,anticancer_treatment.kind,anticancer_treatment.setting,anticancer_treatment.date,anticancer_treatment.end,haemoglobin [g/dL],haemoglobin.date,white_cells [10*9/L],platelets [10*9/L],bilirubin [mg/dL],bilirubin.high,albumin [g/dL],prothrombin_time [s],fasting_glucose [mg/dL],fasting_glucose.high,creatinine [mg/dL],marrow_irradiated [%],ssa_hypersensitivity,pregnant,childbearing_potential,contraception_agreed,resectability.liver,resectability.primary,resectability.perihilar_nodes,heart_failure.nyha,weight [kg]
P-001,2026-05-28,1961-04-02,male,2026-05-20,0,2026-05-20,2026-05-08,NET,well,G2,8,liver_metastasis,small_bowel,2026-05-06,R0,yes,2026-05-06,2026-04-10,metastases,none,2026-03-20,metastases,none,Ga68_DOTATATE,somatostatin_analogue,metastatic,2025-11,2026-04-20,12.8,2026-05-27,6.1,210,0.6,1.2,4.1,,98,100,0.9,0,no,,no,yes,resectable,resectable,resectable,none,80
P-002,2026-05-28,1975-09-14,female,,1,2026-05-20,2026-04-28,NET,well,G1,2,liver_metastasis,pancreas,2026-04-20,R1,yes,2026-04-20,2026-03-30,metastases,none,2026-01-10,metastases,none,Ga68_DOTATOC,none,,,,7.8,2026-05-27,6.1,210,0.6,1.2,2.8,,98,100,0.9,,no,no,,,resectable,resectable,resectable,none,60
P-003,2026-05-28,1950,male,2026-05-20,1,2026-05-20,2026-04-28,NET,well,G2,<20,liver_metastasis,unknown,2026-04,R1,yes,2026-04,2026-03,metastases,primary_in_situ; other,2026-02-10,metastases,none,Ga68_DOTATATE,chemotherapy,metastatic,2024-03,2024-09,8.4 mmol/L,2026-05-27,6.1,74,4.6,,3.8,12.2,98,100,151 umol/L,,no,,yes,yes,resectable,resectable,resectable,II,90
P-004,,,,,,,,,,,,,,2026-05-01,R0,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,
<script>alert(1)</script>,2026-05-28,1966-04-02,female,2026-05-20,0,2026-05-20,2026-05-08,NET,well,G2,8,liver_metastasis,small_bowel,2026-04-06,R0,yes,2026-04-06,2026-03-10,metastases,none,2026-03-20,metastases,none,Ga68_DOTATATE,none,,,,12.8,2026-05-27,6.1,210,0.6,1.2,4.1,,98,100,0.9,0,no,no,no,yes,resectable,resectable,resectable,none,80
P-006,2026-05-28,1966-04-02,female,,0,2026-05-20,2026-05-08,NET,well,G2,8,liver_metastasis,small_bowel,2026-05-06,R0,yes,2026-05-06,2026-04-10,metastases,none,2026-03-20,metastases,none,Ga68_DOTATATE,none,,,,12.8,2026-05-27,6.1,210,0.6,1.2,4.1,,98,100,0.9,,no,no,,,resectable,resectable,resectable,none,80
"""


def write_sheet(folder: Path, lines: int | None = None) -> Path:
    """The sheet as a file in the folder; only its first people when `lines` says how many."""
    path = folder / "people.csv"
    every = SHEET.splitlines(keepends=True)
    path.write_text("".join(every if lines is None else every[: lines + 1]), encoding="utf-8")
    return path
