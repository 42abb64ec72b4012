import type { CloudReport, DoctorFinding } from '@osm/contracts';

/** Seconds of clock difference that confuse: tokens that end early, times in events that do not fit the cloud's. */
const mostAhead = 5;

/** What one cloud's report says to whoever wants to migrate. */
export const aboutCloud = (report: CloudReport, multitenant: boolean): readonly DoctorFinding[] => {
  const { cloud, failure } = report;
  if (!report.reachable) {
    const why = failure?.message ?? 'no reason was given';
    const remedy = failure?.remedy ?? '';
    return [{ severity: 'error', code: 'unreachable', cloud, what: `${cloud} does not sign us in`, why, remedy }];
  }
  return [
    {
      ...{ severity: 'ok', code: 'reachable', cloud, remedy: '' },
      what: `${cloud} signs us in`,
      why: `roles ${report.roles.join(', ')}; ${report.services.length} services`,
    },
    ...aboutRole(report, multitenant),
    ...aboutServices(report),
    ...aboutClock(report),
    ...aboutRefusals(report, multitenant),
  ];
};

const aboutRole = ({ cloud, is_admin, roles }: CloudReport, multitenant: boolean): readonly DoctorFinding[] => {
  if (is_admin || !multitenant) return [];
  return [
    {
      ...{ severity: 'error', code: 'missing-role', cloud },
      what: `the credential of ${cloud} is no administrator's`,
      why: `multitenant_mode needs the role admin, and it has ${roles.join(', ')}`,
      remedy: `Use an administrator's credential for ${cloud}, or set multitenant_mode: false to migrate one project.`,
    },
  ];
};

const aboutServices = ({ cloud, services }: CloudReport): readonly DoctorFinding[] =>
  services.flatMap(({ type, failure }): readonly DoctorFinding[] =>
    failure === null
      ? []
      : [
          {
            ...{ severity: 'error', code: 'service-fails', cloud, what: `the service ${type} of ${cloud} fails` },
            ...{ why: failure.message, remedy: failure.remedy },
          },
        ],
  );

const aboutClock = ({ cloud, clock_ahead_seconds: ahead }: CloudReport): readonly DoctorFinding[] => {
  if (ahead === null) {
    return [
      {
        ...{ severity: 'note', code: 'clock-unknown', cloud, what: `the clock of ${cloud} could not be read` },
        ...{ why: 'no service told its time', remedy: 'Compare the clocks by hand.' },
      },
    ];
  }
  if (Math.abs(ahead) <= mostAhead) return [];
  return [
    {
      ...{ severity: 'warning', code: 'clock-differs', cloud },
      what: `the clock of ${cloud} is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} ours`,
      why: 'what is told by time, temporary URLs for one, ends too early or too late',
      remedy: 'Have both machines follow the same time server.',
    },
  ];
};

const aboutRefusals = ({ cloud, refusals }: CloudReport, multitenant: boolean): readonly DoctorFinding[] =>
  refusals.map(({ action, service, policy, failure, remedy }) => ({
    severity: multitenant ? 'error' : 'note',
    code: failure.code,
    cloud,
    what: `${cloud} does not let us ${action} (${service})`,
    why: policy === null ? failure.message : `its rule ${policy} refuses`,
    remedy,
  }));
