import { Controller, Get } from '@nestjs/common';
import { ByActor, type Actor } from './actor.ts';
import { Operation } from './api/operation.ts';
import { tokenFields } from './token-fields.ts';

/** Whose token it is. */
@Controller('v1/me')
export class MeController {
  @Get()
  @Operation({
    id: 'access.identify',
    scope: 'view',
    tag: 'access',
    summary: 'Whose token this is, and what it allows.',
    answer: {
      type: 'object',
      properties: { tokenId: tokenFields.tokenId, name: tokenFields.name, scopes: tokenFields.scopes },
      required: ['tokenId', 'name', 'scopes'],
    },
  })
  me(@ByActor() { tokenId, name, scopes }: Actor): Actor {
    return { tokenId, name, scopes };
  }
}
