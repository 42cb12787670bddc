package org.nbdcore.testkit.vsphere;

import static org.nbdcore.testkit.vsphere.FakeSoap.escape;

import java.util.List;
import java.util.Locale;
import org.nbdcore.testkit.vsphere.FakeSoap.Fault;

/** Answers the property collector's calls in a fake vCenter. */
final class FakeProperties {

  private static final String DEVICES =
      "<VirtualDevice xsi:type=\"VirtualTPM\"><key>11000</key></VirtualDevice>"
          + "<VirtualDevice xsi:type=\"ParaVirtualSCSIController\"><key>1000</key></VirtualDevice>";

  private final FakeVsphere vsphere;

  FakeProperties(FakeVsphere vsphere) {
    this.vsphere = vsphere;
  }

  static String uuid(FakeMachine machine) {
    return "42000000-0000-0000-0000-"
        + String.format(Locale.ROOT, "%012x", machine.id().hashCode() & 0xffffffffL);
  }

  String object(String type, String value, List<String> names) throws Fault {
    switch (type) {
      case "VirtualMachine" -> {
        FakeMachine machine = vsphere.machines().get(value);
        if (machine != null) {
          return machine(machine, names);
        }
      }
      case "VirtualMachineSnapshot" -> {
        for (FakeMachine machine : vsphere.machines().values()) {
          if (machine.snapshotOf(value) != null) {
            return object(
                type, value, properties(names, "config.hardware.device", devices(machine, value)));
          }
        }
      }
      case "Folder" -> {
        return value.equals("group-d1")
            ? object(type, value, property("name", string("Datacenters")))
            : object(type, value, property("name", string("vm")) + parent("Datacenter", "dc-1"));
      }
      case "Datacenter" -> {
        return object(
            type, value, property("name", string("dc one")) + parent("Folder", "group-d1"));
      }
      case "Task" -> {
        FakeVsphere.FakeTask task = vsphere.task(value);
        if (task != null) {
          return object(type, value, task(task));
        }
      }
      default -> {}
    }
    throw new Fault(
        "ManagedObjectNotFound",
        "The object has already been deleted or has not been completely created");
  }

  private static String task(FakeVsphere.FakeTask task) {
    if (task.fault() != null) {
      return property("info.state", "<val xsi:type=\"TaskInfoState\">error</val>")
          + property(
              "info.error",
              "<val xsi:type=\"LocalizedMethodFault\"><fault xsi:type=\""
                  + task.fault()
                  + "\"></fault><localizedMessage>it went wrong</localizedMessage></val>");
    }
    String result =
        task.result() == null
            ? ""
            : property(
                "info.result",
                "<val xsi:type=\"ManagedObjectReference\" type=\"VirtualMachineSnapshot\">"
                    + task.result()
                    + "</val>");
    return property("info.state", "<val xsi:type=\"TaskInfoState\">success</val>") + result;
  }

  String machine(FakeMachine machine, List<String> names) {
    StringBuilder found = new StringBuilder();
    for (String name : names) {
      String value = value(machine, name);
      if (value != null) {
        found.append(property(name, value));
      }
    }
    return object("VirtualMachine", machine.id(), found.toString());
  }

  private static String parent(String type, String value) {
    return property(
        "parent",
        "<val xsi:type=\"ManagedObjectReference\" type=\"" + type + "\">" + value + "</val>");
  }

  private static String value(FakeMachine machine, String name) {
    return switch (name) {
      case "parent" -> "<val xsi:type=\"ManagedObjectReference\" type=\"Folder\">group-v1</val>";
      case "name" -> string(machine.name().replace("%", "%25").replace("/", "%2f"));
      case "runtime.powerState" ->
          "<val xsi:type=\"VirtualMachinePowerState\">"
              + (machine.poweredOn() ? "poweredOn" : "poweredOff")
              + "</val>";
      case "runtime.host" ->
          "<val xsi:type=\"ManagedObjectReference\" type=\"HostSystem\">host-1</val>";
      case "config.uuid" -> string(uuid(machine));
      case "config.files.vmPathName" ->
          string("[store] " + machine.name() + "/" + machine.name() + ".vmx");
      case "config.changeTrackingEnabled" ->
          "<val xsi:type=\"xsd:boolean\">" + machine.tracking() + "</val>";
      case "config.template" -> "<val xsi:type=\"xsd:boolean\">false</val>";
      case "config.hardware.device" -> devices(machine, null);
      case "snapshot" -> snapshots(machine);
      default -> null;
    };
  }

  private static String string(String text) {
    return "<val xsi:type=\"xsd:string\">" + escape(text) + "</val>";
  }

  private static String snapshots(FakeMachine machine) {
    List<String> all = machine.snapshots();
    if (all.isEmpty()) {
      return null;
    }
    StringBuilder tree = new StringBuilder("<val xsi:type=\"VirtualMachineSnapshotInfo\">");
    for (int i = 0; i < all.size(); i++) {
      tree.append(i == 0 ? "<rootSnapshotList>" : "<childSnapshotList>");
      tree.append("<snapshot type=\"VirtualMachineSnapshot\">")
          .append(all.get(i))
          .append("</snapshot><name>");
      FakeMachine.FakeSnapshot snapshot = machine.snapshotOf(all.get(i));
      tree.append(escape(snapshot.name())).append("</name><description>");
      tree.append(escape(snapshot.description())).append("</description>");
      tree.append("<createTime>2026-11-28T12:00:00Z</createTime>");
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      tree.append(i == 0 ? "</rootSnapshotList>" : "</childSnapshotList>");
    }
    return tree.append("</val>").toString();
  }

  /** Returns the devices of a machine, or of one of its snapshots. */
  private static String devices(FakeMachine machine, String snapshot) {
    StringBuilder all = new StringBuilder("<val xsi:type=\"ArrayOfVirtualDevice\">");
    all.append(DEVICES);
    for (int i = 0; i < machine.disks().size(); i++) {
      all.append(disk(machine, i, snapshot));
    }
    return all.append("</val>").toString();
  }

  private static String disk(FakeMachine machine, int index, String snapshot) {
    List<String> chain = machine.chain(index, snapshot);
    long size = machine.disks().get(index).size();
    StringBuilder backing = new StringBuilder();
    for (int i = 0; i < chain.size(); i++) {
      String name = i == 0 ? "backing" : "parent";
      backing
          .append("<")
          .append(name)
          .append(" xsi:type=\"VirtualDiskFlatVer2BackingInfo\"><fileName>");
      backing.append(escape(chain.get(i))).append("</fileName><diskMode>persistent</diskMode>");
      if (i == 0 && machine.tracking()) {
        backing
            .append("<changeId>")
            .append(machine.changeId(index, snapshot))
            .append("</changeId>");
      }
    }
    for (int i = chain.size() - 1; i >= 0; i--) {
      backing.append(i == 0 ? "</backing>" : "</parent>");
    }
    return "<VirtualDevice xsi:type=\"VirtualDisk\"><key>"
        + (FakeMachine.DISK_KEY + index)
        + "</key><deviceInfo><label>Hard disk "
        + (index + 1)
        + "</label></deviceInfo>"
        + backing
        + "<controllerKey>1000</controllerKey><unitNumber>"
        + index
        + "</unitNumber><capacityInKB>"
        + size / 1024
        + "</capacityInKB><capacityInBytes>"
        + size
        + "</capacityInBytes></VirtualDevice>";
  }

  private static String properties(List<String> names, String name, String value) {
    return names.contains(name) ? property(name, value) : "";
  }

  private static String property(String name, String value) {
    return "<propSet><name>" + name + "</name>" + value + "</propSet>";
  }

  private static String object(String type, String value, String properties) {
    return "<objects><obj type=\"" + type + "\">" + value + "</obj>" + properties + "</objects>";
  }
}
