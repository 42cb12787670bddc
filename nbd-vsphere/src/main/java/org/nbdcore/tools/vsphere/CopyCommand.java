package org.nbdcore.tools.vsphere;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.client.cli.Console;
import org.nbdcore.client.cli.ProgressBar;
import org.nbdcore.client.cli.UsageException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FileNames;
import org.nbdcore.vsphere.VirtualDisk;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;

/** {@code copy}: copies all disks of a machine from one snapshot, then removes the snapshot. */
final class CopyCommand {

  private static final long CHECK_MILLIS = 200;
  private static final int CHECKS_PER_SAVE = 25;

  /** A disk whose copy is in progress. */
  private record Job(
      VirtualDisk disk,
      BlockDevice source,
      Destination destination,
      DiskCopy copy,
      CopyState.Disk before,
      Ranges parts) {}

  private final LoginArguments access;
  private final AtomicLong done = new AtomicLong();
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final List<Job> jobs = new ArrayList<>();
  private CopyState state;
  boolean quiesce;
  boolean again;
  String engine = "auto";

  CopyCommand(LoginArguments access) {
    this.access = access;
  }

  void run(String vm, List<String> places, boolean json, PrintStream out, PrintStream err)
      throws UsageException, IOException {
    boolean toUris = places.get(0).contains("://");
    if (toUris && again || !toUris && places.size() > 1) {
      throw new UsageException("copy takes one folder, or a URI for each disk without --again");
    }
    access.parameters(); // whether they are complete
    CountDownLatch end = new CountDownLatch(1);
    Thread hook = new Thread(() -> interrupt(end), "nbd-vsphere-interrupt");
    try (VsphereClient client = access.connect()) {
      VirtualMachine machine = client.inventory().machine(client.inventory().find(vm));
      Runtime.getRuntime().addShutdownHook(hook);
      try (MachineSource source = MachineSource.open(client, machine, quiesce, access, engine)) {
        prepare(machine, source, places, toUris);
        copy(client, json, err);
        report(json, out);
      }
    } finally {
      end.countDown();
      forget(hook);
    }
  }

  /** The process ends only after it has removed the snapshot. */
  private void interrupt(CountDownLatch end) {
    interrupted.set(true);
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }

  private void prepare(
      VirtualMachine machine, MachineSource source, List<String> places, boolean toUris)
      throws UsageException, IOException {
    List<VirtualDisk> disks = source.disks();
    if (toUris && places.size() != disks.size()) {
      throw new UsageException(
          "'" + machine.name() + "' has " + disks.size() + " disks, but URIs: " + places.size());
    }
    String name = machine.name().replace('/', '_');
    if (!toUris) {
      Path folder = FileNames.path(places.get(0));
      Files.createDirectories(folder);
      state = CopyState.read(folder.resolve(name + ".copy"));
    }
    try {
      for (int i = 0; i < disks.size(); i++) {
        VirtualDisk disk = disks.get(i);
        BlockDevice device = source.open(disk);
        try {
          jobs.add(
              toUris
                  ? toUri(disk, device, places.get(i))
                  : toFile(
                      source,
                      disk,
                      device,
                      FileNames.path(places.get(0)).resolve(name + "-" + (i + 1) + ".raw")));
        } catch (IOException | RuntimeException e) {
          device.close();
          throw e;
        }
      }
    } catch (IOException | RuntimeException e) {
      closeAll();
      throw e;
    }
  }

  private Job toUri(VirtualDisk disk, BlockDevice device, String uri) throws IOException {
    Ranges parts = Ranges.ofData(device);
    Destination destination = Destination.nbd(uri, device.size(), parts);
    return job(disk, device, destination, null, parts);
  }

  private Job toFile(MachineSource source, VirtualDisk disk, BlockDevice device, Path file)
      throws IOException {
    CopyState.Disk before = Files.exists(file) ? state.disk(disk.key()) : null;
    boolean goOn = before != null && before.usable() && (again || !before.complete());
    if (again && !goOn) {
      throw new IOException(
          "'"
              + file
              + "': there is no copy with a change ID to continue from; copy without --again");
    }
    Ranges parts = goOn && before.complete() ? new Ranges() : Ranges.ofData(device);
    if (goOn) {
      parts = Ranges.joined(source.changed(disk, before.changeId()), before.copied(), parts);
    }
    Destination destination = Destination.file(file, device.size(), goOn ? before.copied() : 0);
    return job(disk, device, destination, goOn ? before : null, parts);
  }

  private Job job(
      VirtualDisk disk,
      BlockDevice device,
      Destination destination,
      CopyState.Disk before,
      Ranges parts) {
    DiskCopy copy = new DiskCopy(device, destination, parts, done);
    return new Job(disk, device, destination, copy, before, parts);
  }

  private void copy(VsphereClient client, boolean json, PrintStream err) throws IOException {
    long total = jobs.stream().mapToLong(job -> job.parts().bytes()).sum();
    ProgressBar bar = Console.errorIsTerminal() && !json ? new ProgressBar(err, false) : null;
    List<Thread> threads = new ArrayList<>();
    for (Job job : jobs) {
      save(job);
      threads.addAll(job.copy().threads("copy-" + job.disk().key()));
    }
    threads.forEach(Thread::start);
    try {
      int checks = 0;
      for (Thread thread : threads) {
        while (thread.isAlive()) {
          thread.join(CHECK_MILLIS);
          if (interrupted.get()) {
            jobs.forEach(job -> job.copy().stop(new IOException("interrupted")));
          }
          if (++checks % CHECKS_PER_SAVE == 0) {
            for (Job job : jobs) {
              save(job);
            }
          }
          if (bar != null) {
            bar.advanced(done.get(), total);
          }
        }
      }
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      if (bar != null) {
        bar.end();
      }
      closeAll();
    }
  }

  /** A partial first copy can be resumed. A failed later copy starts again from the beginning. */
  private void save(Job job) throws IOException {
    if (state != null && job.before() == null) {
      state.put(
          job.disk().key(),
          new CopyState.Disk(
              Math.min(job.copy().copiedUpTo(), job.source().size()),
              job.disk().changeId().orElse("")));
    }
  }

  private void finish() throws IOException {
    IOException failure = null;
    for (Job job : jobs) {
      try {
        job.copy().check();
        job.destination().flush();
        if (state != null) {
          state.put(
              job.disk().key(),
              new CopyState.Disk(Long.MAX_VALUE, job.disk().changeId().orElse("")));
        }
      } catch (IOException e) {
        save(job);
        if (failure == null) {
          failure = new IOException(job.disk().name() + ": " + e.getMessage(), e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void closeAll() {
    for (Job job : jobs) {
      for (Closeable each : List.of(job.destination(), job.source())) {
        try {
          each.close();
        } catch (IOException e) {
          job.copy().stop(e);
        }
      }
    }
  }

  private void report(boolean json, PrintStream out) {
    List<String> lines = new ArrayList<>();
    for (Job job : jobs) {
      long bytes = job.parts().bytes();
      if (json) {
        lines.add(
            Report.object(
                "key", Integer.toString(job.disk().key()), "copied", Long.toString(bytes)));
      } else {
        out.println(job.disk().name() + ": copied " + bytes + " bytes");
      }
    }
    if (json) {
      out.println(Report.array(lines));
    }
  }
}
