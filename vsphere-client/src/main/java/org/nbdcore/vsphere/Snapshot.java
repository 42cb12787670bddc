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

  /** Returns the reference, for example {@code VirtualMachineSnapshot:snapshot-20}. */
  public MoRef ref() {
    return ref;
  }

  /** Returns the name given at its creation. */
  public String name() {
    return name;
  }

  /** Returns the description given at its creation. */
  public String description() {
    return description;
  }

  /** Returns the creation time, as the server writes it. */
  public String created() {
    return created;
  }

  /** Returns the snapshots based on this one. */
  public List<Snapshot> children() {
    return children;
  }
}
