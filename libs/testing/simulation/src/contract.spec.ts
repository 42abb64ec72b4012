import { describeCommandQueue, describeEventLog } from '@osm/testing/event-log-contract';
import { openForContract } from './open-for-contract.fixture.ts';

/** A simulation of a log that keeps another contract than the real ones would prove something about another system. */
describeEventLog('the simulated log, one transaction for each append,', openForContract(true, false));
describeEventLog('the simulated log, event by event,', openForContract(false, false));
describeEventLog('the simulated log that loses requests and answers', openForContract(false, true));
describeCommandQueue('the simulated queue', openForContract(true, false));
