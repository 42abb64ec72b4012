import { perType } from '../findings.ts';
import { withFindings, type Chosen, type Transform } from '../transform.ts';

/** Says before anything is written what a person should know of what is to be made; once for each type and reason. */
export const tellCautions: Transform = (draft) => {
  const told = new Map<
    string,
    { readonly caution: NonNullable<ReturnType<typeof cautionOf>>; readonly of: Chosen[] }
  >();
  for (const resource of draft.resources.values()) {
    const caution = resource.work === 'all' ? cautionOf(resource) : undefined;
    if (caution === undefined) continue;
    const known = told.get(caution.code);
    if (known === undefined) told.set(caution.code, { caution, of: [resource] });
    else known.of.push(resource);
  }
  const findings = [...told.values()].flatMap(({ caution: { code, one, many, remedy }, of }) =>
    perType(of, { code, severity: 'warning', remedy }, { one, many }),
  );
  return withFindings(draft, findings);
};

const cautionOf = ({ handler, attributes }: Chosen) => handler.caution(attributes);
