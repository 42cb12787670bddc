package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/**
 * VMware's Python library with the fake vCenter. It finds mistakes that our own client shares with
 * the fake.
 */
@Tag("heavy")
class FakeVsphereIT {

  private static final int SIZE = 4 << 20;

  /** The library reads every answer by its own description of the API. */
  private static final String SCRIPT =
      """
      import ssl, sys
      from pyVmomi import vim, vmodl, SoapStubAdapter
      stub = SoapStubAdapter(host="localhost", port=int(sys.argv[1]),
                             version="vim.version.version10",
                             sslContext=ssl._create_unverified_context())
      content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
      print(content.about.apiType)
      try:
          content.sessionManager.Login(sys.argv[2], "wrong")
      except vim.fault.InvalidLogin as fault:
          print("InvalidLogin")
      content.sessionManager.Login(sys.argv[2], open(sys.argv[3], encoding="utf-8").read())
      collector = vmodl.query.PropertyCollector
      def read(obj, kind, *paths, skip=False, select=[]):
          spec = collector.FilterSpec(
              propSet=[collector.PropertySpec(type=kind, pathSet=list(paths), all=False)],
              objectSet=[collector.ObjectSpec(obj=obj, skip=skip, selectSet=select)])
          return content.propertyCollector.RetrievePropertiesEx([spec],
                                                                collector.RetrieveOptions())
      def values(obj, kind, *paths):
          return {p.name: p.val for p in read(obj, kind, *paths).objects[0].propSet}
      view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
      through = collector.TraversalSpec(name="v", type=vim.view.ContainerView, path="view",
                                        skip=False)
      for found in read(view, vim.VirtualMachine, "name", skip=True, select=[through]).objects:
          print(found.obj._moId, found.propSet[0].val)
      machine = content.searchIndex.FindByInventoryPath("dc one/vm/web")
      facts = values(machine, vim.VirtualMachine, "runtime.powerState", "config.uuid",
                     "config.changeTrackingEnabled", "config.hardware.device")
      print(machine._moId, facts["runtime.powerState"], facts["config.changeTrackingEnabled"],
            content.searchIndex.FindByUuid(None, facts["config.uuid"], True)._moId)
      def disk(devices):
          return [d for d in devices if isinstance(d, vim.vm.device.VirtualDisk)][0]
      found = disk(facts["config.hardware.device"])
      print(found.key, found.capacityInBytes, found.backing.fileName, found.deviceInfo.label)
      def result(task):
          answer = values(task, vim.Task, "info.state", "info.result")
          print(answer["info.state"])
          return answer.get("info.result")
      snapshot = result(machine.CreateSnapshot_Task("backup", "by pyVmomi", False, False))
      tree = values(machine, vim.VirtualMachine, "snapshot")["snapshot"].rootSnapshotList[0]
      print(tree.name, tree.description, tree.snapshot == snapshot)
      frozen = disk(values(snapshot, vim.vm.Snapshot, "config.hardware.device")
                    ["config.hardware.device"])
      print(frozen.backing.fileName, frozen.backing.changeId)
      changes = machine.QueryChangedDiskAreas(snapshot, 2000, 0, "*")
      print([(area.start, area.length) for area in changes.changedArea], changes.length)
      try:
          machine.QueryChangedDiskAreas(snapshot, 2000, 0, "99 aa/1")
      except vmodl.fault.InvalidArgument as fault:
          print("InvalidArgument")
      result(snapshot.RemoveSnapshot_Task(True))
      content.sessionManager.Logout()
      try:
          machine.CreateSnapshot_Task("late", "", False, False)
      except vim.fault.NotAuthenticated as fault:
          print("NotAuthenticated")
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeEach
  void start() throws IOException {
    vsphere = FakeVsphere.start(new NfcFaults());
    machine = new FakeMachine("vm-16", "web", box.file("."), SIZE, false).track();
    machine.guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 1 << 20);
    vsphere.machine(machine);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
  }

  @Test
  void vmwaresLibraryUnderstandsEveryReply() throws IOException {
    Path password = Files.writeString(box.file("password"), FakeVsphere.PASSWORD);
    Ran ran =
        box.run(
            Client.PYTHON,
            "-W",
            "ignore",
            "-c",
            SCRIPT,
            Integer.toString(vsphere.port()),
            FakeVsphere.USER,
            password.toString());
    assertThat(ran.succeeded().out().lines())
        .containsExactly(
            "VirtualCenter",
            "InvalidLogin",
            "vm-16 web",
            "vm-16 poweredOff True vm-16",
            "2000 4194304 [store] web/web.vmdk Hard disk 1",
            "success",
            "backup by pyVmomi True",
            "[store] web/web.vmdk 52 f3 7a 11 00 00 00 00-00 00 00 00 00 00 00 01/1",
            "[(1048576, 65536)] 4194304",
            "InvalidArgument",
            "success",
            "NotAuthenticated");
    assertThat(machine.snapshots()).isEmpty();
    assertThat(vsphere.sessions()).isZero();
  }
}
