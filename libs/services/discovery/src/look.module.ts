import { Module } from '@nestjs/common';
import { LookController } from './look.controller.ts';

/** Looks at clouds and does nothing else: no scan that waits is run, as the discovery would. */
@Module({ controllers: [LookController] })
export class LookModule {}
