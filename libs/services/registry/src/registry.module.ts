import { Module } from '@nestjs/common';
import { RegistryController } from './registry.controller.ts';
import { RegistryService } from './registry.service.ts';

/** The registry: owns the mapping database, projects it from the event log and answers what is asked of it. */
@Module({ controllers: [RegistryController], providers: [RegistryService] })
export class RegistryModule {}
