import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

interface FieldOptions {
  /** Default: no. */
  readonly required?: boolean;
  readonly example?: string | number | boolean;
}

const maybe = ({ required = false }: FieldOptions): readonly PropertyDecorator[] => (required ? [] : [IsOptional()]);

const shown = ({ required = false, example }: FieldOptions, description: string) => ({
  description,
  required,
  ...(example === undefined ? {} : { example }),
});

/** A text of at most 2,000 characters. */
export const Text = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, ...shown(options, description) }),
    ...maybe(options),
    IsString(),
    IsNotEmpty(),
    MaxLength(2000),
  );

/** One of some words. */
export const Word = (description: string, words: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, enum: [...words], ...shown(options, description) }),
    ...maybe(options),
    IsIn(words),
  );

/** A whole number within bounds, also as a query has it. */
export const Whole = (
  description: string,
  [least, most]: readonly [number, number],
  options: FieldOptions = {},
): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: 'integer', minimum: least, maximum: most, ...shown(options, description) }),
    ...maybe(options),
    Type(() => Number),
    IsInt(),
    Min(least),
    Max(most),
  );

/** Yes or no, also as a query has it. */
export const Truth = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: Boolean, ...shown(options, description) }),
    ...maybe(options),
    // What is neither stays as it is, and is refused.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => truthOf(obj[key])),
    IsBoolean(),
  );

const truthOf = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** An object of another class. */
export const Part = (description: string, part: () => new () => object, options: FieldOptions = {}) =>
  applyDecorators(
    ApiProperty({ type: () => part(), ...shown(options, description) }),
    ...maybe(options),
    IsObject(),
    ValidateNested(),
    Type(part),
  );

/** A list of objects of another class, at most 100,000 unless `most` says otherwise. */
export const Parts = (
  description: string,
  part: () => new () => object,
  { most = 100_000, ...options }: FieldOptions & { readonly most?: number } = {},
) =>
  applyDecorators(
    ApiProperty({ type: () => part(), isArray: true, maxItems: most, ...shown(options, description) }),
    ...maybe(options),
    IsArray(),
    ArrayMaxSize(most),
    ValidateNested({ each: true }),
    Type(part),
  );

/** A list of texts. */
export const Texts = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, isArray: true, ...shown(options, description) }),
    ...maybe(options),
    IsArray(),
    ArrayMaxSize(10_000),
    IsString({ each: true }),
  );

/** An object of which only the receiver knows what is in it. */
export const Json = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: Object, additionalProperties: true, ...shown(options, description) }),
    ...maybe(options),
    IsObject(),
  );
