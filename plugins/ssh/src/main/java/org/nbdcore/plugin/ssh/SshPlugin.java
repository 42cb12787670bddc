package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.client.session.ClientSession;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** Serves one remote file. Each client has its own SSH session. */
final class SshPlugin implements Plugin {

  private static final Log LOG = Log.of("ssh");

  private final SshSettings settings;
  private final String path;
  private final Optional<NewFile> created;
  private final int logLevel;

  /** Makes later clients wait until the first has created the file; guards isCreated. */
  private final Object creation = new Object();

  private boolean isCreated;
  private SshConnector connector; // null until started

  SshPlugin(SshSettings settings, String path, Optional<NewFile> created, int logLevel) {
    this.settings = settings;
    this.path = path;
    this.created = created;
    this.logLevel = logLevel;
  }

  @Override
  public void start(StartContext context) throws IOException {
    connector = new SshConnector(settings, logLevel > 0 ? LOG : null);
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    ClientSession session = connector.connect();
    try {
      return new SshDevice(open(session, request.readOnly()), request.readOnly());
    } catch (IOException | RuntimeException e) {
      session.close(true);
      throw e;
    }
  }

  private SftpFile open(ClientSession session, boolean readOnly) throws IOException {
    Log shown = logLevel > 1 ? LOG : null;
    if (created.isPresent()) {
      synchronized (creation) {
        if (!isCreated) {
          SftpFile file = SftpFile.create(session, path, created.get(), shown);
          isCreated = true;
          return file;
        }
      }
    }
    return SftpFile.open(session, path, readOnly, shown);
  }

  @Override
  public void close() {
    if (connector != null) {
      connector.close();
    }
  }
}
