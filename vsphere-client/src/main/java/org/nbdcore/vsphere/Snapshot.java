package org.nbdcore.vsphere;

import java.util.List;

/** A snapshot of a virtual machine. */
public final class Snapshot {

  private final MoRef ref;
  private final String name;
  private final String description;
  private final String created;
  private final List<Snapshot> children;

  Snapshot(MoRef ref, String name, String description, String created, List<Snapshot> children) {
    this.ref = ref;
    this.name = name;
    this.description = description;
    this.created = created;
    this.children = List.copyOf(children);
  }

  /** The reference, for example {@code VirtualMachineSnapshot:snapshot-20}. */
  public MoRef ref() {
    return ref;
  }

  /** The name that its maker chose. */
  public String name() {
    return name;
  }

  /** The description that its maker chose. */
  public String description() {
    return description;
  }

  /** When it was made, as the server writes it. */
  public String created() {
    return created;
  }

  /** Snapshots that were made after this one. */
  public List<Snapshot> children() {
    return children;
  }
}
