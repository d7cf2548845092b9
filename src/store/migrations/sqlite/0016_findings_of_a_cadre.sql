-- The register of protections counts for each cadre what is found about them.
CREATE INDEX finding_person ON finding (person_id);
