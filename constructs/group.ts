import { IdentityGroup } from "@cdktf/provider-vault/lib/identity-group";
import { Construct } from "constructs";
import type { IGrantee } from "./grant";
import type { Person } from "./person";
import { Policy } from "./policy";

/** Props of {@link Group}. */
export interface GroupProps {
  /** Name of the identity group and of its policy. */
  readonly name: string;
  /** May be empty: a group that nobody is in yet. */
  readonly members: readonly Person[];
}

/**
 * A group of people: an identity group and the policy of the same name that its members have.
 *
 * @example
 * const readers = new Group(this, "readers", { name: "shop-user", members: [ann, bob] });
 * secretSet.grantRead(readers);
 */
export class Group extends Construct implements IGrantee {
  readonly kind = "people";
  readonly name: string;
  readonly policy: Policy;
  /** Known after the apply. */
  readonly groupId: string;

  constructor(scope: Construct, id: string, { name, members }: GroupProps) {
    super(scope, id);
    this.policy = new Policy(this, "policy", { name });
    this.name = name;
    this.groupId = new IdentityGroup(this, "resource", {
      name,
      type: "internal",
      policies: [name],
      memberEntityIds: members.map((person) => person.entityId),
    }).id;
  }
}
