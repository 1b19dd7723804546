import { IdentityGroup } from "@cdktf/provider-vault/lib/identity-group";
import { Construct } from "constructs";
import type { PolicyRule } from "../policies";
import type { Person } from "./person";
import { Policy, type IGrantee } from "./policy";

/** Props of {@link Group}. */
export interface GroupProps {
  /** Name of the identity group and of its policy. */
  readonly name: string;
  /** May be empty: a group that nobody is in yet. */
  readonly members: readonly Person[];
}

/** A group of people: an identity group and the policy of the same name that its members have. */
export class Group extends Construct implements IGrantee {
  readonly kind = "people";
  readonly name: string;
  private readonly policy: Policy;

  constructor(scope: Construct, id: string, { name, members }: GroupProps) {
    super(scope, id);
    this.name = name;
    this.policy = new Policy(this, "policy", { name });
    new IdentityGroup(this, "resource", {
      name,
      type: "internal",
      policies: [name],
      memberEntityIds: members.map((person) => person.entityId),
    });
  }

  grant(...rules: readonly PolicyRule[]): void {
    this.policy.grant(...rules);
  }
}
