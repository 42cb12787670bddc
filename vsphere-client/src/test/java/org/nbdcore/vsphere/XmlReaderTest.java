package org.nbdcore.vsphere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class XmlReaderTest {

  private static final String START =
      "<r xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:v=\"urn:vim25\">";

  private static XmlNode read(String document) throws VsphereException {
    return XmlReader.read(document.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void typesAndReferencesAreDistinguished() throws VsphereException {
    XmlNode root =
        read(START + "<a xsi:type=\"v:Disk\" type=\"Vm\">vm-1</a><b>1 &lt; 2</b><c/></r>");
    assertThat(root.find("a").orElseThrow().type()).isEqualTo("Disk");
    assertThat(root.needRef("a")).isEqualTo(new MoRef("Vm", "vm-1"));
    assertThat(root.need("b")).isEqualTo("1 < 2");
    assertThat(root.need("c")).isEmpty();
    assertThat(root.ref("c")).isEmpty();
    assertThatThrownBy(() -> root.need("d", "e")).hasMessageContaining("r.d.e");
    assertThatThrownBy(() -> root.number("b")).hasMessageContaining("'1 < 2'");
  }

  @Test
  void hostileDocumentsAreRefused() {
    String entities =
        "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" + START + "&b;</r>";
    assertThatThrownBy(() -> read(entities)).isInstanceOf(VsphereException.class);
    String file = "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + START + "&a;</r>";
    assertThatThrownBy(() -> read(file)).isInstanceOf(VsphereException.class);
    assertThatThrownBy(() -> read("<a>".repeat(200))).hasMessageContaining("too many elements");
    assertThatThrownBy(() -> read("")).isInstanceOf(VsphereException.class);
    assertThatThrownBy(() -> read("no xml")).isInstanceOf(VsphereException.class);
  }

  @Test
  void randomChangesCauseOnlyVsphereExceptions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good =
        (START + "<a xsi:type=\"v:Disk\">x</a><b type=\"T\">y</b></r>")
            .getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 5000; round++) {
      byte[] document = good.clone();
      for (int i = 0; i < 3; i++) {
        document[random.nextInt(document.length)] = (byte) random.nextInt();
      }
      try {
        XmlReader.read(document);
      } catch (VsphereException e) {
        // as expected
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }
}
