# SPDX-License-Identifier: GPL-2.0-only
# U-Boot runs this from the SD card.  sigma.img beside it boots just as well:
#     load mmc 0:1 0x64000000 sigma.img; bootm 0x64000000
echo "Sigma: loading sigma.itb from the SD card"
load mmc 0:1 0x64000000 sigma.itb && bootm 0x64000000
