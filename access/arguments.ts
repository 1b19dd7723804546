import { typesOf, type Grants, type Json } from "../resource-types";
import { nameOf, referenceOf, resourcesOf, textOf, type Resource, type Stack } from "./read-stacks";

/** Something that could grant access and was not understood: reported, never guessed. */
export interface Unsupported {
  /** A resource or a stack. */
  readonly where: string;
  readonly why: string;
}

/** Reads the arguments of resources, and complains of those that nothing can be said about before an apply. */
export class Arguments {
  constructor(
    private readonly stacks: readonly Stack[],
    private readonly report: (problem: Unsupported) => void,
  ) {}

  /** The resources that the model takes for these. */
  of(...grants: readonly Grants[]): Resource[] {
    return resourcesOf(this.stacks, ...grants.flatMap(typesOf));
  }

  /** Says what about a resource was not understood. */
  complain(resource: Resource, why: string): void {
    this.report({ where: nameOf(resource), why });
  }

  /**
   * The text of an argument.
   * @param fallback what the provider takes where it is absent; @default that is a complaint
   */
  text(resource: Resource, argument: string, fallback?: string): string | undefined {
    const text = textOf(resource.stack, resource.values[argument] ?? fallback);
    if (text === undefined) this.complain(resource, `its ${argument} is known only after an apply`);
    return text;
  }

  /** As {@link text}, of a path: without slashes at its end. */
  path(resource: Resource, argument: string, fallback?: string): string | undefined {
    return this.text(resource, argument, fallback)?.replace(/\/+$/, "");
  }

  /** The texts of a list argument; a single text counts as a list of one. */
  texts(resource: Resource, argument: string): readonly string[] {
    const values = listOf(resource, argument);
    const texts = values.flatMap((each) => textOf(resource.stack, each) ?? []);
    const unread = values.length - texts.length;
    if (unread > 0) this.complain(resource, `${unread} of its ${argument} are known only after an apply`);
    return texts;
  }

  /** The names of policies in a list argument: Vault keeps them in lower case. */
  policies(resource: Resource, argument: string): string[] {
    return this.texts(resource, argument).map((text) => text.toLowerCase());
  }

  /** The resources that an argument's references point at. */
  references(resource: Resource, argument: string): Resource[] {
    const found = listOf(resource, argument).map((each) => referenceOf(resource.stack, each)?.resource);
    if (found.includes(undefined)) this.complain(resource, `some of its ${argument} are no resources of its stack`);
    return found.filter((each) => each !== undefined);
  }
}

/** An argument as a list: of one where it is none, empty where it is absent. */
function listOf({ values }: Resource, argument: string): readonly Json[] {
  const value = values[argument] ?? [];
  return Array.isArray(value) ? value : [value as Json];
}
