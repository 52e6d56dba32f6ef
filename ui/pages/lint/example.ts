/** A script with a bit of everything, for who wants to see what the check says. */
export const EXAMPLE = `CREATE TABLE visits (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  state TEXT NOT NULL DEFAULT "open"
);

-- lint-silence lint/delete-all: the import fills it again right after
DELETE FROM old_imports;

BEGIN;
DELETE FROM carts;
COMMIT;
`;
