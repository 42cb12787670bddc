package org.nbdcore.filter.luks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.Session;

/** Data and keys from containers of qemu-img 7.2. */
@Tag("newest")
final class RecordedTest {

  private static final int SECTOR = 300;

  /** The first and the last block of one encrypted sector. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          aes, xts-plain64, 49b3681624f12d86ecef33ead1068334219fdeddc4828985bc68ab495473f5bf, 7b2a45335d11bbc777e9a517ac9c0315, 3ef640372189413a1101cb833e1be664
          aes, xts-plain, df0bbfefb9fcda46d4198a2c065f292e56f394d4c948bcad36df7a05f2a4f6407537355df3745402c88439335edc10af523a415dfb84a0c4fd8a8783a8f6ef2b, 8616a41940740b29a59e7fa404a98b51, 7f2ff344d99fa73a430bf761942e5022
          aes, cbc-essiv:sha256, 8454d493e598121e7a846ffbf47ec67b6582e787df2dc60625874239f6af8298, 8f7e308b8849e24b926aec2ec07e0613, 11a293471035012ade7e5d3e26af59f2
          aes, cbc-essiv:sha256, e1ffa644b79d482f343d1e835af8fd11, 25b6d1a0263cb8a68df23a5f48d479a7, 7e837a26caf65688d69c9d276edc12ad
          aes, ecb-plain64, 168c7ab8150c4ad5504b22538e0dd55c3326ce35326c4aea7c15844894e66b89, 3addbb5f71e1457b59ec3debf45b4c3a, 007ccc7fb3906d73be64a3bfb6504d0d
          serpent, xts-plain64, a39389592f3be59dfd03248f44626feb4ef4ff314a6fa150a66c3213e5f7b2555be64510f2553c6262c223cd949a3fde0df114ea40154d49c1b69d6c1581a077, a238031a4483ef5766328baeabd8eaf6, 94bd6c5df1dae7ccbc2dad9b75f33fae
          serpent, cbc-plain, 81ad0cd1dbd4b556c08b3ddad18607f9, 324719afa74c910754c45e0ff5d598b9, 0e371894687dce19c2b8153e9e408481
          twofish, xts-plain64, 1c67525d568ca3de02217e84a9a3e8017d93f617c682cfb6a8b83fdf6b8a92fdecc449f08d4da2c31850d5dfa6869d8a833a2d5181416b65b70b2633b90be650, 2ac0aca80e496ce49159c6cdc3272b19, f9d663bfb0d536f724f1807fb4a7e5e5
          twofish, cbc-plain64, d54b0a647677eb947140fd7f0cd512f3, 991d14c56229f35d01cb5bd9d1f9872e, 41d47a636ef776e30761b8e0821c56dd
          cast5, cbc-plain64, b65cad5612b32f32af2e19c46171d895, 827a8f3d77ea8f0515d6e0be6f563cab, 1c50256f22c4365a47bc1ce931ac2771
          """)
  void sectorsAreEncryptedAsQemuDoes(
      String cipher, String mode, String key, String first, String last) throws Exception {
    byte[] plain = new byte[512];
    for (int i = 0; i < plain.length; i++) {
      int at = SECTOR * 512 + i;
      plain[i] = (byte) ((at * 7 + at / 256 * 3) % 251);
    }
    SectorCipher sectors = SectorCipher.of(cipher, mode, HexFormat.of().parseHex(key));
    byte[] bytes = plain.clone();
    sectors.crypt(true, bytes, bytes.length, SECTOR);
    assertThat(HexFormat.of().formatHex(bytes)).startsWith(first).endsWith(last);
    sectors.crypt(false, bytes, bytes.length, SECTOR);
    assertThat(bytes).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          sha1, 49b3681624f12d86ecef33ead1068334219fdeddc4828985bc68ab495473f5bf, 744dcf1e13d13717e724a53d77fed91ca8ef52af977036654bee76f6a452952c, 1928, 5b46ece551b3b4ff7229754715ad9ec6df97978b
          sha512, df0bbfefb9fcda46d4198a2c065f292e56f394d4c948bcad36df7a05f2a4f6407537355df3745402c88439335edc10af523a415dfb84a0c4fd8a8783a8f6ef2b, 55e2758a6717484886a468b6c15a9d48a525b1e1f39f2f7cf5e52cc83d7d0a32, 1000, 5dd8e07e037ad18522b8945758760b581166868d
          sha256, 8454d493e598121e7a846ffbf47ec67b6582e787df2dc60625874239f6af8298, a08505ccee7d3ccf6536ea0b5e4581469ba1009c6cc009520810fbb79ac70759, 1062, fcff8b9ac62ada7a0e25e6eeaba92c275f6a4ccf
          ripemd160, e1ffa644b79d482f343d1e835af8fd11, 8b52cd1831ef9e048190bb91ee62705920157493a79d57b0d43073cddb16cd84, 1723, 38d52022c41638edcb59bb2694d67d96c04be2fc
          sha224, 168c7ab8150c4ad5504b22538e0dd55c3326ce35326c4aea7c15844894e66b89, 711ce5a6c048613c0970eac85e90def1a12c34d0a68f5f244f0f422fc8bd2cdd, 1249, ee8370e8693cb7cdca9a417ce40ae51b6482742a
          sha384, a39389592f3be59dfd03248f44626feb4ef4ff314a6fa150a66c3213e5f7b2555be64510f2553c6262c223cd949a3fde0df114ea40154d49c1b69d6c1581a077, f59c1b89f583258c14f3c61ba07a2eaeb78d91deb041a04dedb80bdfd68861db, 1000, ddcc28eb9db8a6acd505e90284598b89c90a2f36
          """)
  void keyDigestsEqualThoseOfQemu(
      String hash, String key, String salt, int iterations, String digest) throws Exception {
    HexFormat hex = HexFormat.of();
    byte[] actual =
        LuksHash.of(hash)
            .key(
                hex.parseHex(key),
                hex.parseHex(salt),
                iterations,
                LuksHeader.DIGEST,
                Session.DETACHED);
    assertThat(hex.formatHex(actual)).isEqualTo(digest);
  }
}
