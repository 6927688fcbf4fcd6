import { mount } from 'svelte';
import '../app.css';
import '../forms/forms.css';
import SignIn from './SignIn.svelte';

const target = document.getElementById('page');
if (target) mount(SignIn, { target });
