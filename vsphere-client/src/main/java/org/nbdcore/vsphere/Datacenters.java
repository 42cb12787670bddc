package org.nbdcore.vsphere;

import java.io.IOException;
import java.util.Optional;

/** Finds the datacenter of a machine. The URL of a datastore's file contains its name. */
final class Datacenters {

  /** Maximum depth of nested folders. A deeper tree means a broken server. */
  private static final int DEEPEST = 100;

  private final Properties properties;

  Datacenters(VsphereClient client) {
    properties = new Properties(client);
  }

  /** Returns the inventory path of a machine's datacenter, without a leading slash. */
  String of(MoRef machine) throws IOException {
    Optional<String> path = above(machine);
    if (path.isEmpty()) {
      // a machine in a vApp has no parent, but its host has
      Optional<MoRef> host = properties.of(machine, "runtime.host").get("runtime.host").ref();
      path = host.isPresent() ? above(host.get()) : Optional.empty();
    }
    return path.orElseThrow(
        () -> new VsphereException(machine + " is in no datacenter that the user may see"));
  }

  private Optional<String> above(MoRef start) throws IOException {
    MoRef at = start;
    String path = null;
    for (int depth = 0; depth < DEEPEST; depth++) {
      Properties.Found found = properties.of(at, "name", "parent");
      Optional<MoRef> parent = found.get("parent").ref();
      if (parent.isEmpty()) {
        return Optional.ofNullable(path); // the root folder, whose name is not part of a path
      }
      if (at.type().equals("Datacenter")) {
        path = found.get("name").text();
      } else if (path != null) {
        path = found.get("name").text() + "/" + path;
      }
      at = parent.get();
    }
    throw new VsphereException("the inventory above " + start + " does not end");
  }
}
