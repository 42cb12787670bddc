package org.nbdcore.vsphere;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds virtual machines and returns their properties. */
public final class Inventory {

  private static final String[] PROPERTIES = {
    "name",
    "runtime.powerState",
    "runtime.host",
    "config.uuid",
    "config.files.vmPathName",
    "config.changeTrackingEnabled",
    "config.hardware.device",
    "config.template",
    "config.keyId",
    "snapshot"
  };

  private final VsphereClient client;

  Inventory(VsphereClient client) {
    this.client = client;
  }

  /**
   * Finds a machine.
   *
   * @param words {@code moref=vm-16}, {@code uuid=…} for the BIOS UUID, an inventory path such as
   *     {@code /Datacenter/vm/folder/name}, or a name
   * @throws VsphereException if no machine has the name, or several have; the message lists their
   *     references
   */
  public MoRef find(String words) throws IOException {
    if (words.startsWith("moref=")) {
      return new MoRef("VirtualMachine", words.substring("moref=".length()));
    }
    if (words.startsWith("uuid=")) {
      return byUuid(words.substring("uuid=".length()));
    }
    return words.startsWith("/") ? byPath(words) : byName(words);
  }

  private MoRef byUuid(String uuid) throws IOException {
    MoRef index = client.service("searchIndex");
    XmlNode answer =
        client.call(
            () -> new Call("FindByUuid", index).string("uuid", uuid).bool("vmSearch", true));
    return answer.ref("returnval").orElseThrow(() -> none("the UUID " + uuid));
  }

  private MoRef byPath(String path) throws IOException {
    MoRef index = client.service("searchIndex");
    String relative = path.substring(1);
    XmlNode answer =
        client.call(() -> new Call("FindByInventoryPath", index).string("inventoryPath", relative));
    MoRef found = answer.ref("returnval").orElseThrow(() -> none("the path " + path));
    if (!found.type().equals("VirtualMachine")) {
      throw new VsphereException(
          "'" + Text.printable(path) + "' is a " + found.type() + ", not a virtual machine");
    }
    return found;
  }

  private MoRef byName(String name) throws IOException {
    List<MoRef> found = new ArrayList<>();
    for (Properties.Found machine : all("name")) {
      String actual = Text.name(machine.get("name").text());
      if (actual.equals(name)) {
        found.add(machine.object);
      }
    }
    if (found.size() > 1) {
      throw new VsphereException(
          "several virtual machines are called '"
              + Text.printable(name)
              + "': give one of "
              + String.join(", ", found.stream().map(ref -> "moref=" + ref.value()).toList()));
    }
    if (found.isEmpty()) {
      throw none("the name '" + Text.printable(name) + "'");
    }
    return found.get(0);
  }

  private static VsphereException none(String what) {
    return new VsphereException("no virtual machine has " + what);
  }

  /** Returns all machines that the user may see. */
  public List<VirtualMachine> list() throws IOException {
    List<VirtualMachine> machines = new ArrayList<>();
    for (Properties.Found found : all(PROPERTIES)) {
      machines.add(VirtualMachineReader.read(found));
    }
    return machines;
  }

  private List<Properties.Found> all(String... properties) throws IOException {
    MoRef manager = client.service("viewManager");
    MoRef root = client.service("rootFolder");
    XmlNode created =
        client.call(
            () ->
                new Call("CreateContainerView", manager)
                    .ref("container", root)
                    .string("type", "VirtualMachine")
                    .bool("recursive", true));
    MoRef view = created.needRef("returnval");
    try {
      return new Properties(client).inView(view, "VirtualMachine", properties);
    } finally {
      client.call(() -> new Call("DestroyView", view));
    }
  }

  /** Returns the current properties of a machine. */
  public VirtualMachine machine(MoRef machine) throws IOException {
    return VirtualMachineReader.read(new Properties(client).of(machine, PROPERTIES));
  }

  /** Returns the disks of a snapshot. Their files do not change any more. */
  public List<VirtualDisk> disksOf(MoRef snapshot) throws IOException {
    Properties.Found found = new Properties(client).of(snapshot, "config.hardware.device");
    return VirtualMachineReader.disks(found.get("config.hardware.device"));
  }

  /**
   * Returns the inventory path of a machine's datacenter, for {@link DatastoreFiles}; for example
   * {@code DC0}.
   */
  public String datacenterOf(MoRef machine) throws IOException {
    return new Datacenters(client).of(machine);
  }

  /**
   * Returns the key of the disk that uses a file, as its own file or as a parent.
   *
   * @param file in the form {@code [datastore] folder/name.vmdk}
   */
  public static Optional<VirtualDisk> diskWith(String file, List<VirtualDisk> disks) {
    return disks.stream().filter(disk -> disk.files().contains(file)).findFirst();
  }
}
