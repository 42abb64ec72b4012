import type { Answers as AnswerOf, RequestOf } from '@osm/contracts';
import { Answers, Asked, Ports } from '@osm/platform';
import { countUncovered, lookAtCloud } from '@osm/survey';
import { Controller } from '@nestjs/common';

/** Looks at clouds. Nothing is written, to a cloud or to the log. */
@Controller()
export class LookController {
  constructor(private readonly ports: Ports) {}

  @Answers('discovery.look')
  async look(@Asked('discovery.look') { cloud }: RequestOf<'discovery.look'>): Promise<AnswerOf['discovery.look']> {
    return await lookAtCloud(await this.ports.openCloud(cloud), this.ports.clock);
  }

  @Answers('discovery.uncovered')
  async uncovered(
    @Asked('discovery.uncovered') { cloud, multitenant }: RequestOf<'discovery.uncovered'>,
  ): Promise<AnswerOf['discovery.uncovered']> {
    return await countUncovered(await this.ports.openCloud(cloud), { multitenant });
  }
}
