// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backend of vled (vled.h): drives one of this domain's LEDs as the frontend asks.
 * The frontend may be anybody: what it writes is read once and checked.
 */
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/workqueue.h>
#include <xen/events.h>
#include <xen/page.h>
#include <xen/xenbus.h>
#include "vled.h"

struct vled {
	struct led_classdev *led;
	struct vled_back_ring ring;
	void *page; /* the frontend's, mapped; NULL: none */
	int irq;
	struct work_struct work;
};

/* Does what the requests say.  Interrupts come again only after the end of it. */
static void vled_work(struct work_struct *work)
{
	struct vled *vled = container_of(work, struct vled, work);
	struct vled_back_ring *ring = &vled->ring;
	RING_IDX end = READ_ONCE(ring->sring->req_prod);
	struct vled_request request;
	s32 status;
	int notify;

	rmb(); /* the index before the requests */
	if (RING_REQUEST_PROD_OVERFLOW(ring, end)) {
		dev_err(vled->led->dev,
			"a broken ring: its frontend is not listened to\n");
		return;
	}
	while (ring->req_cons != end) {
		RING_COPY_REQUEST(ring, ring->req_cons++, &request);
		status = request.brightness <= vled->led->max_brightness ? 0 : -ERANGE;
		if (!status)
			led_set_brightness(vled->led, request.brightness);
		RING_GET_RESPONSE(ring, ring->rsp_prod_pvt++)->status = status;
	}
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(ring, notify);
	if (notify)
		notify_remote_via_irq(vled->irq);
	RING_FINAL_CHECK_FOR_REQUESTS(ring, notify);
	if (notify)
		schedule_work(work);
	else
		xen_irq_lateeoi(vled->irq, 0);
}

static irqreturn_t vled_interrupt(int irq, void *data)
{
	schedule_work(&((struct vled *)data)->work);
	return IRQ_HANDLED;
}

static void vled_disconnect(struct xenbus_device *dev)
{
	struct vled *vled = dev_get_drvdata(&dev->dev);

	if (!vled->page)
		return;
	if (vled->irq > 0) {
		disable_irq(vled->irq);
		cancel_work_sync(&vled->work);
		unbind_from_irqhandler(vled->irq, vled);
	}
	xenbus_unmap_ring_vfree(dev, vled->page);
	vled->page = NULL;
	led_set_brightness(vled->led, LED_OFF);
}

/* The frontend has made its ring: map it, and listen. */
static int vled_connect(struct xenbus_device *dev)
{
	struct vled *vled = dev_get_drvdata(&dev->dev);
	unsigned int ref, port;
	int err;

	err = xenbus_gather(XBT_NIL, dev->otherend, "ring-ref", "%u", &ref,
			    "event-channel", "%u", &port, NULL)
		      ?: xenbus_map_ring_valloc(dev, &ref, 1, &vled->page);
	if (err)
		return err;
	BACK_RING_INIT(&vled->ring, (struct vled_sring *)vled->page, XEN_PAGE_SIZE);
	vled->irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(
		dev, port, vled_interrupt, 0, "vled", vled);
	return vled->irq < 0 ? vled->irq : xenbus_switch_state(dev, XenbusStateConnected);
}

static void vled_frontend_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	int err = 0;

	if (state == XenbusStateInitialising && dev->state == XenbusStateClosed) {
		err = xenbus_switch_state(dev, XenbusStateInitWait); /* it is back */
	} else if (state == XenbusStateInitialised && dev->state == XenbusStateInitWait) {
		err = vled_connect(dev);
	} else if (state == XenbusStateClosing) {
		vled_disconnect(dev);
		err = xenbus_switch_state(dev, XenbusStateClosing);
	} else if (state == XenbusStateClosed || state == XenbusStateUnknown) {
		vled_disconnect(dev);
		xenbus_switch_state(dev, XenbusStateClosed);
		if (state == XenbusStateUnknown || !xenbus_dev_is_online(dev))
			device_unregister(&dev->dev);
	}
	if (err) {
		vled_disconnect(dev);
		xenbus_dev_fatal(dev, err, "connecting to %s", dev->otherend);
	}
}

static int vled_probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct led_lookup_data lookup = {.dev_id = dev_name(&dev->dev), .con_id = "led"};
	struct vled *vled = devm_kzalloc(&dev->dev, sizeof(*vled), GFP_KERNEL);
	int err;

	if (!vled)
		return -ENOMEM;
	INIT_WORK(&vled->work, vled_work);
	dev_set_drvdata(&dev->dev, vled);
	lookup.provider = xenbus_read(XBT_NIL, dev->nodename, "led", NULL);
	if (IS_ERR(lookup.provider))
		return PTR_ERR(lookup.provider);
	led_add_lookup(&lookup);
	vled->led = devm_led_get(&dev->dev, "led");
	led_remove_lookup(&lookup);
	kfree(lookup.provider);
	if (IS_ERR(vled->led))
		return -ENODEV;
	err = xenbus_printf(XBT_NIL, dev->nodename, "max-brightness", "%u",
			    vled->led->max_brightness);
	return err ?: xenbus_switch_state(dev, XenbusStateInitWait);
}

static struct xenbus_driver vled_driver = {
	.ids = (const struct xenbus_device_id[]){{"vled"}, {""}},
	.probe = vled_probe,
	.remove = vled_disconnect,
	.otherend_changed = vled_frontend_changed,
};
module_driver(vled_driver, xenbus_register_backend, xenbus_unregister_driver);
MODULE_DESCRIPTION("An LED for another domain");
MODULE_LICENSE("GPL");
