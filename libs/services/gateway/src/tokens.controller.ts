import { scopes, type Changed, type Scope } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsIn, IsISO8601, IsOptional } from 'class-validator';
import { AccessBook, type MadeToken } from './access-book.ts';
import { ByActor, type Actor } from './actor.ts';
import { WhyBody } from './api/asked.ts';
import { Text } from './api/fields.ts';
import { Operation } from './api/operation.ts';
import { listOf, text } from './api/schema-of.ts';
import { tokenFields } from './token-fields.ts';

/** What a new token is to be. */
class TokenBody extends WhyBody {
  @Text('Whose word counts as: `by` of whatever is asked with it.', { required: true, example: 'ann' })
  readonly name!: string;

  @ApiProperty({ type: String, isArray: true, enum: [...scopes], description: 'What it allows.' })
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(scopes, { each: true })
  readonly scopes!: Scope[];

  @ApiProperty({ type: String, format: 'date-time', required: false, description: 'When it ends; default: never.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  readonly expiresAt?: string;
}

interface TokenRow {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly revoked: boolean;
  readonly counts: boolean;
}

const tag = 'access';
const scope = 'admin';

/** Who may ask for what. */
@Controller('v1/tokens')
export class TokensController {
  constructor(
    private readonly book: AccessBook,
    private readonly ports: Ports,
  ) {}

  @Get()
  @Operation({
    ...{ id: 'access.tokens', scope, tag },
    summary: 'Every token that was ever made; none is shown again.',
    answer: {
      type: 'object',
      properties: {
        items: listOf({ type: 'object', properties: tokenFields, required: Object.keys(tokenFields) }),
        next: { type: 'null' },
      },
      required: ['items', 'next'],
    },
  })
  async tokens(): Promise<{ readonly items: readonly TokenRow[]; readonly next: null }> {
    const items = (await this.book.tokens()).map(({ tokenId, name, scopes: has, expiresAt, revoked, counts }) => ({
      ...{ tokenId, name, scopes: has, expiresAt: expiresAt ?? null, revoked, counts },
    }));
    return { items, next: null };
  }

  @Post()
  @Operation({
    ...{ id: 'access.create-token', scope, tag },
    summary: 'Makes a token and shows it, this once.',
    answer: {
      type: 'object',
      properties: {
        tokenId: tokenFields.tokenId,
        token: text('The token itself. Only its hash is kept.'),
        position: { type: 'integer', description: 'The log position that the change produced.' },
      },
      required: ['tokenId', 'token', 'position'],
    },
  })
  create(@Body() body: TokenBody, @ByActor() { name: by }: Actor): Promise<MadeToken> {
    const { name, scopes: wanted, expiresAt, reason } = body;
    if (expiresAt !== undefined && Date.parse(expiresAt) <= this.ports.clock.now().getTime()) throw past(expiresAt);
    const ends = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
    return this.book.create({ name, scopes: wanted, ...ends, by, reason });
  }

  @Delete(':tokenId')
  @Operation({ ...{ id: 'access.revoke-token', scope, tag }, summary: 'Takes a token back.', answer: 'Changed' })
  revoke(@Param('tokenId') tokenId: string, @ByActor() { name: by }: Actor): Promise<Changed> {
    return this.book.revoke(tokenId, by);
  }
}

const past = (expiresAt: string): Failure =>
  new Failure('bad-request', `cannot make a token until ${expiresAt}: that is over`, {
    remedy: 'Name a time to come, or none.',
  });
