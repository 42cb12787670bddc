package org.nbdcore.testkit.vsphere;

import static org.nbdcore.testkit.vsphere.FakeSoap.child;
import static org.nbdcore.testkit.vsphere.FakeSoap.escape;
import static org.nbdcore.testkit.vsphere.FakeSoap.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.testkit.vsphere.FakeSoap.Fault;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Answers the API calls of a fake vCenter. */
final class FakeCalls {

  private final FakeVsphere vsphere;
  private final FakeProperties properties;
  private final Map<String, List<String>> pages = new ConcurrentHashMap<>();
  private final AtomicInteger tokens = new AtomicInteger();

  FakeCalls(FakeVsphere vsphere) {
    this.vsphere = vsphere;
    this.properties = new FakeProperties(vsphere);
  }

  String answer(Element call) throws Fault, IOException {
    return switch (call.getLocalName()) {
      case "RetrieveServiceContent" -> content();
      case "Login" ->
          "<returnval><key>1</key><userName>"
              + escape(FakeVsphere.USER)
              + "</userName></returnval>";
      case "Logout", "DestroyView" -> "";
      case "CurrentTime" -> "<returnval>2026-11-28T12:00:00Z</returnval>";
      case "RetrieveInternalContent" ->
          "<returnval><nfcService type=\"NfcService\">nfcService</nfcService></returnval>";
      case "FindByUuid" -> byUuid(text(call, "uuid"));
      case "FindByInventoryPath" -> byPath(text(call, "inventoryPath"));
      case "CreateContainerView" -> ref("ContainerView", "view-1");
      case "RetrievePropertiesEx" -> page(objects(call));
      case "ContinueRetrievePropertiesEx" -> page(pages.remove(text(call, "token")));
      case "CreateSnapshot_Task" -> createSnapshot(call);
      case "RemoveSnapshot_Task" -> removeSnapshot(child(call, "_this").getTextContent());
      case "ReconfigVM_Task" -> reconfigure(call);
      case "QueryChangedDiskAreas" -> changed(call);
      case "NfcGetVmFiles" -> ticket(machine(call, "vm"), false);
      case "NfcRandomAccessOpenDisk" -> writing(call);
      case "NfcGetServerNfcLibVersion" -> "<returnval>11</returnval>";
      default -> throw new Fault("MethodNotFound", "unknown call " + call.getLocalName());
    };
  }

  private static String content() {
    return "<returnval><rootFolder type=\"Folder\">group-d1</rootFolder><propertyCollector"
        + " type=\"PropertyCollector\">propertyCollector</propertyCollector><viewManager"
        + " type=\"ViewManager\">ViewManager</viewManager><about><name>VMware vCenter"
        + " Server</name><fullName>VMware vCenter Server 8.0.1 (fake)</fullName>"
        + "<apiType>VirtualCenter</apiType><apiVersion>8.0.1.0</apiVersion></about><sessionManager"
        + " type=\"SessionManager\">SessionManager</sessionManager><searchIndex"
        + " type=\"SearchIndex\">SearchIndex</searchIndex></returnval>";
  }

  static String ref(String type, String value) {
    return "<returnval type=\"" + type + "\">" + escape(value) + "</returnval>";
  }

  private FakeMachine machine(Element call, String name) throws Fault {
    Element object = child(call, name);
    FakeMachine machine = object == null ? null : vsphere.machines().get(object.getTextContent());
    if (machine == null) {
      throw new Fault(
          "ManagedObjectNotFound",
          "The object has already been deleted or has not been completely created");
    }
    if (!"VirtualMachine".equals(object.getAttribute("type"))) {
      vsphere.violations().add(call.getLocalName() + ": " + name + " has no type");
    }
    return machine;
  }

  private String byUuid(String uuid) {
    for (FakeMachine machine : vsphere.machines().values()) {
      if (FakeProperties.uuid(machine).equalsIgnoreCase(uuid)) {
        return ref("VirtualMachine", machine.id());
      }
    }
    return "";
  }

  private String byPath(String path) {
    for (FakeMachine machine : vsphere.machines().values()) {
      if (path.equals("dc one/vm/" + machine.name())) {
        return ref("VirtualMachine", machine.id());
      }
    }
    return path.equals("dc one/vm") ? ref("Folder", "group-v1") : "";
  }

  private List<String> objects(Element call) throws Fault {
    Element spec = child(call, "specSet");
    List<String> names = new ArrayList<>();
    Element set = child(spec, "propSet");
    for (Node node = set.getFirstChild(); node != null; node = node.getNextSibling()) {
      if ("pathSet".equals(node.getLocalName())) {
        names.add(node.getTextContent());
      }
    }
    Element objectSet = child(spec, "objectSet");
    Element object = child(objectSet, "obj");
    List<String> found = new ArrayList<>();
    if (child(objectSet, "selectSet") != null) {
      for (FakeMachine machine : vsphere.machines().values()) {
        found.add(properties.machine(machine, names));
      }
    } else {
      found.add(properties.object(object.getAttribute("type"), object.getTextContent(), names));
    }
    return found;
  }

  private String page(List<String> objects) throws Fault {
    if (objects == null) {
      throw new Fault("InvalidProperty", "unknown token");
    }
    if (objects.isEmpty()) {
      return "";
    }
    int end = Math.min(vsphere.pageSize(), objects.size());
    StringBuilder answer = new StringBuilder("<returnval>");
    if (end < objects.size()) {
      String token = "token-" + tokens.incrementAndGet();
      pages.put(token, objects.subList(end, objects.size()));
      answer.append("<token>").append(token).append("</token>");
    }
    objects.subList(0, end).forEach(answer::append);
    return answer.append("</returnval>").toString();
  }

  private String createSnapshot(Element call) throws Fault, IOException {
    FakeMachine machine = machine(call, "_this");
    if (!text(call, "memory").equals("false")) {
      vsphere.violations().add("a snapshot with memory");
    }
    if (machine.snapshotFault() != null) {
      return ref("Task", vsphere.task(null, machine.snapshotFault()));
    }
    String made =
        machine.snapshot(
            text(call, "name"), text(call, "description"), text(call, "quiesce").equals("true"));
    return ref("Task", vsphere.task(made, null));
  }

  private String removeSnapshot(String snapshot) throws Fault {
    for (FakeMachine machine : vsphere.machines().values()) {
      if (machine.remove(snapshot)) {
        return ref("Task", vsphere.task(null, null));
      }
    }
    throw new Fault(
        "ManagedObjectNotFound",
        "The object has already been deleted or has not been completely created");
  }

  private String reconfigure(Element call) throws Fault {
    FakeMachine machine = machine(call, "_this");
    if (text(child(call, "spec"), "changeTrackingEnabled").equals("true")) {
      machine.track();
      return ref("Task", vsphere.task(null, null));
    }
    return ref("Task", vsphere.task(null, "InvalidArgument"));
  }

  private String changed(Element call) throws Fault, IOException {
    FakeMachine machine = machine(call, "_this");
    String snapshot = child(call, "snapshot") == null ? null : text(call, "snapshot");
    long start = Long.parseLong(text(call, "startOffset"));
    if (snapshot == null ? machine.poweredOn() : machine.snapshotOf(snapshot) == null) {
      throw new Fault("ManagedObjectNotFound", "The snapshot does not exist");
    }
    int key = Integer.parseInt(text(call, "deviceKey"));
    List<long[]> areas =
        machine.hasDisk(key) ? machine.changed(key, text(call, "changeId"), snapshot, start) : null;
    if (areas == null) {
      throw new Fault("InvalidArgument", "A specified parameter was not correct: changeId");
    }
    long size = machine.disks().get(key - FakeMachine.DISK_KEY).size();
    int end = Math.min(vsphere.pageSize(), areas.size());
    long covered = end < areas.size() ? areas.get(end)[0] : size;
    StringBuilder answer = new StringBuilder("<returnval>");
    answer
        .append("<startOffset>")
        .append(start)
        .append("</startOffset><length>")
        .append(covered - start)
        .append("</length>");
    for (long[] area : areas.subList(0, end)) {
      answer
          .append("<changedArea><start>")
          .append(area[0])
          .append("</start><length>")
          .append(area[1]);
      answer.append("</length></changedArea>");
    }
    return answer.append("</returnval>").toString();
  }

  private String writing(Element call) throws Fault {
    FakeMachine machine = machine(call, "vm");
    if (!text(call, "hostForAccess").equals("host-1")) {
      throw new Fault("InvalidArgument", "A specified parameter was not correct: hostForAccess");
    }
    if (!machine.hasDisk(Integer.parseInt(text(call, "diskDeviceKey")))) {
      throw new Fault("InvalidArgument", "A specified parameter was not correct: diskDeviceKey");
    }
    return ticket(machine, true);
  }

  private String ticket(FakeMachine machine, boolean writable) {
    FakeNfcHost host = vsphere.host();
    return "<returnval><host>localhost</host><port>"
        + host.port()
        + "</port><sslThumbprint>"
        + host.thumbprint()
        + "</sslThumbprint><service>"
        + host.service()
        + "</service><serviceVersion>1.1</serviceVersion><sessionId>"
        + host.issueTicket(writable)
        + "</sessionId></returnval>";
  }
}
